/** ShardingSphere's grammars of T-SQL and of Oracle's SQL (Apache-2.0), asked through Java where there is one. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inCheckout } from "../../../local-stack/in-checkout.ts";

const jars = inCheckout(".local/sql-grammars");

/** Why they cannot be asked here; undefined: they can. */
export const shardingMissing = !existsSync(jars)
  ? "no grammars in .local/sql-grammars"
  : spawnSync("java", ["-version"]).status !== 0
    ? "there is no Java on this machine"
    : undefined;

/** What the grammar has against each of these statements; an empty text: nothing. About four seconds, whatever their number. */
export function shardingFaults(
  dialect: "SQLServer" | "Oracle",
  statements: readonly string[],
): readonly string[] {
  const program = join(import.meta.dirname, "ParseStatements.java");
  const input = statements.map((it) => `${Buffer.from(it).toString("base64")}\n`).join("");
  const words = ["-cp", join(jars, "*"), program, dialect];
  return execFileSync("java", words, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] })
    .split("\n")
    .slice(0, statements.length);
}
