/** A batch as a tree of statements: conditions, blocks and TRY around leaves, which are read by whoever runs them. */
import { Cursor, SyntaxFault, scan, type Word } from "./scan.ts";

export type Statement =
  | { kind: "if"; condition: readonly Word[]; then: Statement; otherwise?: Statement }
  | { kind: "block"; body: readonly Statement[] }
  | { kind: "try"; body: readonly Statement[]; caught: readonly Statement[] }
  | { kind: "leaf"; words: readonly Word[]; text: string };

const begins = new Set(
  "SELECT INSERT UPDATE DELETE WITH CREATE ALTER DROP GRANT DENY REVOKE EXEC EXECUTE USE SET BEGIN COMMIT ROLLBACK IF THROW KILL WAITFOR REVERT WHILE".split(
    " ",
  ),
);

/** Throws SyntaxFault. */
export function parseBatch(batch: string): Statement[] {
  const words = scan(batch);
  if (words === undefined) throw new SyntaxFault(undefined);
  const cursor = new Cursor(words);
  const statements = many(cursor, batch, () => false);
  cursor.finish();
  return statements;
}

function many(cursor: Cursor, batch: string, ends: () => boolean): Statement[] {
  const statements: Statement[] = [];
  while (true) {
    while (cursor.takes(";"));
    if (cursor.ended || ends()) return statements;
    statements.push(one(cursor, batch));
  }
}

function one(cursor: Cursor, batch: string): Statement {
  if (cursor.takes("IF")) {
    const condition = until(cursor, true);
    const then = one(cursor, batch);
    if (cursor.sees(";", "ELSE")) cursor.at += 1;
    return cursor.takes("ELSE")
      ? { kind: "if", condition, then, otherwise: one(cursor, batch) }
      : { kind: "if", condition, then };
  }
  if (cursor.takes("BEGIN", "TRY")) {
    const body = many(cursor, batch, () => cursor.sees("END"));
    cursor.expect("END", "TRY", "BEGIN", "CATCH");
    const caught = many(cursor, batch, () => cursor.sees("END"));
    cursor.expect("END", "CATCH");
    return { kind: "try", body, caught };
  }
  if (cursor.sees("BEGIN") && !cursor.sees("BEGIN", "TRANSACTION") && !cursor.sees("BEGIN", "TRAN")) {
    cursor.expect("BEGIN");
    const body = many(cursor, batch, () => cursor.sees("END"));
    cursor.expect("END");
    return { kind: "block", body };
  }
  const first = cursor.peek();
  if (first?.kind !== "word" || !begins.has(first.value.toUpperCase())) throw new SyntaxFault(first);
  const words = until(cursor, false);
  return { kind: "leaf", words, text: batch.slice(first.start, words.at(-1)?.end) };
}

/** The words of a condition, until a statement begins; or those of a leaf, until it ends. */
function until(cursor: Cursor, isCondition: boolean): Word[] {
  const words: Word[] = [];
  let depth = 0;
  let cases = 0;
  while (!cursor.ended) {
    const word = cursor.peek() as Word;
    const upper = word.kind === "word" ? word.value.toUpperCase() : word.kind === "sign" ? word.value : "";
    if (depth === 0 && cases === 0) {
      if (upper === ";") break;
      if (isCondition && words.length > 0 && begins.has(upper)) break;
      if (!isCondition && (upper === "ELSE" || upper === "END")) break;
      // WITH, SET and UPDATE stand inside of statements as well; what follows without a semicolon begins with these.
      if (
        !isCondition &&
        words.length > 0 &&
        ["USE", "THROW", "KILL", "BEGIN", "COMMIT", "IF"].includes(upper)
      )
        break;
    }
    if (upper === "(") depth += 1;
    if (upper === ")") depth -= 1;
    if (upper === "CASE") cases += 1;
    if (upper === "END" && cases > 0) cases -= 1;
    words.push(word);
    cursor.at += 1;
  }
  if (words.length === 0 || depth !== 0 || cases !== 0) throw new SyntaxFault(cursor.peek());
  return words;
}
