/** Whether a statement is T-SQL, before anything answers it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { grammarFault } from "../grammar.ts";
import { Fault } from "./fault.ts";
import type { Word } from "./scan.ts";

/**
 * The open grammar knows no GRANT on a schema or an object, no DENY and no REVOKE at all. These are read word by word by
 * the stub itself (permissions.ts), which takes nothing else either; ShardingSphere's grammar is asked about them in
 * sqlserver-grammar.test.ts. EXECUTE AS LOGIN is a word of stories, not of the adapter.
 */
const unknownToGrammar = /^(GRANT|DENY|REVOKE|EXECUTE AS LOGIN)\b/i;

/**
 * Parsing takes a tenth of a second a kind, in which nobody is served. What sqlserver-grammar.test.ts has found to be
 * sentences is written down, and is not asked again.
 */
const writtenDown = readFileSync(join(import.meta.dirname, "../statements.sql"), "utf8");
const known = new Map<string, string | undefined>(
  [...writtenDown.matchAll(/^(\S.*)\n {2}-- antlr4ts-sql/gm)].map(([, shape = ""]) => [shape, undefined]),
);

/** Literals and made names do not change what kind of sentence it is, so each kind is parsed once. */
export function shapeOf(words: readonly Word[]): string {
  return words
    .map(({ kind, value }) => {
      if (kind === "text") return "N'x'";
      if (kind === "name") return "[x]";
      if (kind === "hex") return "0xAB";
      return kind === "number" ? "1" : value;
    })
    .join(" ")
    .replaceAll(" . ", ".");
}

export function demandGrammar(words: readonly Word[], isCondition = false): void {
  const shape = isCondition ? `IF ${shapeOf(words)} SELECT 1` : shapeOf(words);
  if (unknownToGrammar.test(shape)) return;
  if (!known.has(shape)) known.set(shape, grammarFault(`${shape};`));
  const fault = known.get(shape);
  if (fault !== undefined)
    throw new Fault(102, `Incorrect syntax: ${fault.slice(0, 200)} in ${shape.slice(0, 500)}`);
}
