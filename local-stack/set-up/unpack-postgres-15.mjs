import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { runProgram } from "./run-program.mjs";

/**
 * PostgreSQL 15 for the tests, from Debian's package, unpacked under .local/ and never installed. A machine that has
 * none to offer is told so once a run; its suite is skipped with the reason, and everything else goes on.
 */
export async function unpackPostgres15() {
  const folder = inCheckout(".local/postgresql-15");
  const program = join(folder, "usr/lib/postgresql/15/bin/postgres");
  if (existsSync(program) || existsSync("/usr/lib/postgresql/15/bin/postgres")) return;
  const problem = await unpackInto(folder, program);
  if (problem === undefined) return;
  rmSync(folder, { recursive: true, force: true });
  say(`no PostgreSQL 15 here, its tests are skipped (${problem})`);
}

/**
 * @param {string} folder
 * @param {string} program
 * @returns {Promise<string | undefined>} what went wrong, in one line
 */
async function unpackInto(folder, program) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const download = ["-c", 'cd "$1" && apt-get download postgresql-15', "sh", folder];
  // A machine that never asked for packages does not know of any yet.
  if (!(await runProgram("sh", download)).succeeded) {
    await runProgram("apt-get", ["update"]);
    if (!(await runProgram("sh", download)).succeeded) return "apt-get does not offer postgresql-15";
  }
  const deb = readdirSync(folder).find((name) => name.endsWith(".deb")) ?? "";
  const unpacked = await runProgram("dpkg-deb", ["-x", join(folder, deb), folder]);
  if (!unpacked.succeeded) return "dpkg-deb cannot unpack it";
  rmSync(join(folder, deb));
  const started = await runProgram(program, ["--version"]);
  return started.succeeded ? undefined : (started.output.trim().split("\n")[0] ?? "it does not start");
}
