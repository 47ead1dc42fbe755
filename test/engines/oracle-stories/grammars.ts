/** Two open grammars of Oracle's SQL. They know the language; they know no names, no rights and no packages. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import sql from "antlr4ts-sql";
import { inCheckout } from "../../../local-stack/in-checkout.ts";

const { CaseChangingStream, CharStreams, CommonTokenStream, PlSQLGrammar, PlSqlLexer } = sql;

const folder = inCheckout(".local/oracle-grammar");

/** Why ShardingSphere's cannot be asked here; undefined: it can. */
export const shardingSphereMissing = existsSync(folder)
  ? undefined
  : "node local-stack/set-up.mjs --test fetches it, where Maven and javac are";

/** ShardingSphere's: what it has against each; undefined: nothing. */
export async function shardingSphereFaults(statements: readonly string[]): Promise<(string | undefined)[]> {
  const program = join(import.meta.dirname, "OracleGrammar.java");
  const said = await new Promise<string>((resolve, reject) => {
    // One short run: the second compiler of Java would take longer than it saves.
    const words = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", join(folder, "*"), program];
    const child = execFile("java", words, (error, out) => (error ? reject(error) : resolve(out)));
    child.stdin?.end(statements.join("\0"));
  });
  const lines = said.split("\n").slice(0, statements.length);
  return lines.map((line) => line || undefined);
}

/** antlr4ts-sql's. It wants each statement ended, and a block once more. */
export function antlrFault(statement: string): string | undefined {
  const faults: string[] = [];
  const listener = {
    // Without one of ours the parser prints what is wrong and goes on as if nothing were.
    syntaxError: (_parser: unknown, _token: unknown, line: number, column: number, message: string) => {
      faults.push(`${line}:${column} ${message.slice(0, 100)}`);
    },
  };
  const ended = /^(BEGIN|DECLARE)\b/.test(statement) ? `${statement}\n/\n` : `${statement};`;
  const lexer = new PlSqlLexer(new CaseChangingStream(CharStreams.fromString(ended), true));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new PlSQLGrammar.PlSqlParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  parser.sql_script();
  return faults[0];
}
