import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { runProgram } from "./run-program.mjs";

/** Grammars of T-SQL and of Oracle's SQL, for tests: Apache ShardingSphere (Apache-2.0), a Java library. */
const version = "5.5.2";
/** Of the lines `<sha256>  <name>` of all jars, in the order of their names. */
const sha256 = "606b02d2304e4cef526b154e2b6d5dbfd0f7ffd03cf3705ab1c92ecbfb17dc09";

/** @param {string} name */
const dependency = (name) =>
  `<dependency><groupId>org.apache.shardingsphere</groupId><artifactId>shardingsphere-parser-sql-${name}</artifactId><version>${version}</version></dependency>`;

/**
 * Fetched by Maven into `.local/sql-grammars/`. A machine that cannot have them is told so; the tests say what was not
 * asked then.
 */
export async function fetchGrammars() {
  const folder = inCheckout(".local/sql-grammars");
  if (existsSync(folder)) return;
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const problem = await fetchInto(unfinished);
  if (problem === undefined) return renameSync(unfinished, folder);
  rmSync(unfinished, { recursive: true, force: true });
  say(`no SQL grammars of ShardingSphere here, their part of the tests is skipped (${problem})`);
}

/** @param {string} folder */
async function fetchInto(folder) {
  say("fetching SQL grammars for tests, about ten seconds");
  const pom = join(folder, "pom.xml");
  const project =
    "<modelVersion>4.0.0</modelVersion><groupId>dblease</groupId><artifactId>grammars</artifactId>";
  writeFileSync(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0">${project}<version>1</version><packaging>pom</packaging>
<dependencies>${["engine", "sqlserver", "oracle"].map(dependency).join("")}</dependencies></project>\n`,
  );
  const copied = await runProgram("mvn", [
    ...["--batch-mode", "--quiet", "-f", pom],
    "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
    ...[`-DoutputDirectory=${folder}`, "-DincludeScope=runtime"],
  ]);
  rmSync(pom);
  if (!copied.succeeded) return "Maven (mvn) does not fetch them";
  const jars = readdirSync(folder).filter((name) => name.endsWith(".jar"));
  const line = (/** @type {string} */ name) =>
    `${createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex")}  ${name}\n`;
  const found = createHash("sha256").update(jars.sort().map(line).join("")).digest("hex");
  return found === sha256 ? undefined : `they are not what they were: their SHA-256 is ${found}`;
}
