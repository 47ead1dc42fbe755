/** Queries and conditions of T-SQL as SQLite reads them: names, literals and a few functions; everything else is the same. */
import { Fault } from "./fault.ts";
import { type Model, serverScope } from "./model.ts";
import type { Word } from "./scan.ts";

export interface Translated {
  sql: string;
  /** Tables of users, not of the catalogue, in the order in which they are named. */
  tables: { database: string; schema: string; name: string }[];
}

const functions: Record<string, string> = { LEFT: "tsql_left", LEN: "length" };
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function translate(
  model: Model,
  words: readonly Word[],
  database: string,
  session: number,
): Translated {
  const out: string[] = [];
  const tables: Translated["tables"] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as Word;
    const next = words[at + 1];
    if (word.kind === "text") out.push(`'${word.value.replaceAll("'", "''")}'`);
    else if (word.kind === "hex") out.push(`x'${word.value}'`);
    else if (word.kind === "word" && word.value === "@@SPID") out.push(String(session));
    // The model knows one collation.
    else if (word.kind === "word" && word.value.toUpperCase() === "COLLATE") at += 1;
    else if (word.kind === "word" && word.value.toUpperCase() === "CONVERT" && next?.value === "(") {
      at = afterType(words, at + 2);
      out.push("(");
    } else if (word.kind === "word" && next?.value === "(" && functions[word.value.toUpperCase()]) {
      out.push(functions[word.value.toUpperCase()] ?? "");
    } else if (word.kind === "name" || word.kind === "word") {
      const chain = [word.value];
      while (words[at + 1]?.value === "." && words[at + 1]?.kind === "sign" && isName(words[at + 2])) {
        chain.push(words[at + 2]?.value ?? "");
        at += 2;
      }
      if (chain.length === 1) out.push(word.kind === "name" ? quoted(word.value) : word.value);
      else out.push(reference(model, chain, database, tables));
    } else out.push(word.value);
  }
  return { sql: out.join(" "), tables };
}

function isName(word: Word | undefined): boolean {
  return word?.kind === "name" || word?.kind === "word";
}

/** Behind `type (n) ,`. */
function afterType(words: readonly Word[], at: number): number {
  let index = at;
  for (let depth = 0; index < words.length; index++) {
    const { value } = words[index] as Word;
    if (value === "(") depth += 1;
    if (value === ")") depth -= 1;
    if (value === "," && depth === 0) return index;
  }
  return index;
}

/** A column of an alias, a view of the catalogue, or somebody's table. */
function reference(model: Model, chain: string[], current: string, tables: Translated["tables"]): string {
  const [first = "", second = "", third] = chain;
  if (third === undefined && first.toLowerCase() !== "sys") {
    const table = model.object(current, first, second);
    if (!table && !model.schema(current, first)) return `${quoted(first)}.${quoted(second)}`;
    tables.push({ database: current, schema: first, name: second });
    if (!table) throw invalid(`${first}.${second}`);
    return model.table(current, first, second);
  }
  const [database, schema, name] = third === undefined ? [current, first, second] : [first, second, third];
  if (schema.toLowerCase() === "sys" && serverScope.has(name)) return quoted(`sys.${name}`);
  if (!model.database(database)) throw new Fault(911, `Database '${database}' does not exist.`);
  if (schema.toLowerCase() === "sys") return model.view(database, name);
  if (database === "msdb") return quoted(`msdb/${schema}.${name}`);
  tables.push({ database, schema, name });
  if (!model.object(database, schema, name)) throw invalid(chain.join("."));
  return model.table(database, schema, name);
}

function invalid(name: string): Fault {
  return new Fault(208, `Invalid object name '${name}'.`);
}
