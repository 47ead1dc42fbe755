import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { runProgram } from "./run-program.mjs";

/** ShardingSphere's parser of Oracle's SQL (Apache-2.0), and what it runs on. */
const artifacts = [
  {
    name: "org.apache.shardingsphere:shardingsphere-parser-sql-oracle:5.5.2",
    file: "shardingsphere-parser-sql-oracle-5.5.2.jar",
    sha256: "7274adc04ff13e72b2bee0d13ef4e6a4777b6c258094573a83a6e47251741c04",
  },
  {
    name: "org.antlr:antlr4-runtime:4.10.1",
    file: "antlr4-runtime-4.10.1.jar",
    sha256: "da66be0c98acfb29bc708300d05f1a3269c40f9984a4cb9251cf2ba1898d1334",
  },
];

/**
 * The grammar that statements for Oracle are held to, fetched by Maven into .local/.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function fetchOracleGrammar() {
  const folder = inCheckout(".local/oracle-grammar");
  if (existsSync(folder)) return undefined;
  if (!(await runProgram("javac", ["--version"])).succeeded) return "there is no Java compiler (javac)";
  say("fetching a grammar of Oracle's SQL, about ten seconds");
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const { name, file, sha256 } of artifacts) {
    const copied = await runProgram("mvn", [
      ...["--batch-mode", "--quiet", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"],
      ...[`-Dartifact=${name}`, `-DoutputDirectory=${unfinished}`],
    ]);
    if (!copied.succeeded) return `Maven (mvn) does not fetch ${name}`;
    const found = createHash("sha256")
      .update(readFileSync(join(unfinished, file)))
      .digest("hex");
    if (found !== sha256) return `${name} is not what it was: its SHA-256 is ${found}`;
  }
  renameSync(unfinished, folder);
  return undefined;
}
