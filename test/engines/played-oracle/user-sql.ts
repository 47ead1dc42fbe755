/** The few statements that people in the stories send about tables, with the rights that Oracle asks for. */
import type { Dictionary, Row } from "./dictionary.ts";
import { OraError } from "./ora-error.ts";
import { demand, openColumns } from "./rights.ts";

const table = String.raw`"?([\w$]+)"?\."?([\w$]+)"?`;

function stored(owner: string, name: string): string {
  return `"table ${owner}.${name}"`;
}

/** @returns rows; undefined: this is none of these statements. */
export function runUserSql(dictionary: Dictionary, as: string, sql: string): Row[] | undefined {
  if (/^SELECT 1\b/.test(sql)) return [sql.includes("alive") ? { alive: 1 } : { ONE: 1 }];
  if (sql === "SELECT USER AS me FROM DUAL") return [{ me: as }];
  const create = new RegExp(`^CREATE TABLE ${table} (?:\\((.*)\\)|AS (SELECT .*))$`).exec(sql);
  if (create) return createTable(dictionary, as, create);
  const found = new RegExp(`^(SELECT|INSERT|DELETE|UPDATE)\\b.*?\\b${table}(.*)$`).exec(sql);
  if (!found) return undefined;
  const [, verb = "", owner = "", name = "", rest = ""] = found;
  const at = [owner.toUpperCase(), name.toUpperCase()] as const;
  const locks = / FOR UPDATE$/.test(rest);
  const open = openColumns(dictionary, as, at, locks ? "SELECT FOR UPDATE" : (verb as "SELECT"));
  const named = /^ \(([\w, ]+)\)/.exec(rest)?.[1]?.toUpperCase().split(", ");
  if (open && !named?.every((column) => open.includes(column)))
    throw new OraError(1031, "insufficient privileges");
  return dictionary.rows(sql.replace(new RegExp(table), stored(...at)).replace(/ FOR UPDATE$/, ""));
}

function createTable(
  dictionary: Dictionary,
  as: string,
  [, schema = "", it = "", columns, query]: RegExpExecArray,
): Row[] {
  const [owner, name] = [schema.toUpperCase(), it.toUpperCase()];
  demand(dictionary, as, as === owner ? "CREATE TABLE" : "CREATE ANY TABLE");
  makeTable(dictionary, owner, name, columns === undefined ? `AS ${query}` : `(${columns})`);
  return [];
}

/** `definition`: SQLite's, behind the name. */
export function makeTable(dictionary: Dictionary, owner: string, name: string, definition: string): void {
  dictionary.change(`CREATE TABLE ${stored(owner, name)} ${definition}`);
  dictionary.change("INSERT INTO DBA_TABLES VALUES (?, ?, 'NO', 'N', 'NO', NULL)", owner, name);
  dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, ?, 'TABLE', 'VALID')", owner, name);
  for (const { name: column } of dictionary.rows(`PRAGMA table_info(${stored(owner, name)})`)) {
    dictionary.change(
      "INSERT INTO DBA_TAB_COLUMNS VALUES (?, ?, ?)",
      owner,
      name,
      String(column).toUpperCase(),
    );
  }
}
