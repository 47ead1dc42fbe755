import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole, Scope } from "../engine.ts";
import { literal } from "./quote.ts";
import { message } from "./use.ts";

/** Column names by table, by schema; of a schema that is opened as a whole nothing but its name is read. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** A scope that names neither tables nor columns opens the schema as a whole. */
export function isWhole(scope: Scope): boolean {
  return scope.tables === undefined && Object.keys(scope.columns ?? {}).length === 0;
}

/** What the scopes of these roles name. Throws BAD_CONFIGURATION for a schema that is missing. */
export async function readTables(
  connection: MysqlConnection,
  groupRoles: readonly GroupRole[],
): Promise<Tables> {
  const scopes = groupRoles.flatMap((groupRole) => groupRole.scopes);
  const named = [...new Set(scopes.flatMap((scope) => scope.schemas))];
  const inPart = scopes.filter((scope) => !isWhole(scope)).flatMap((scope) => scope.schemas);
  const [schemas = [], columns = []] = await message(connection, [
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN ${list(named)}`,
    `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS tab, COLUMN_NAME AS col FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA IN ${list(inPart)}`,
  ]);
  const found = new Map(schemas.map((row) => [String(row.name), new Map<string, string[]>()]));
  for (const { db, tab, col } of columns) {
    const tables = found.get(db);
    tables?.set(tab, [...(tables.get(tab) ?? []), col]);
  }
  const missing = named.find((name) => !found.has(name));
  if (missing === undefined) return found;
  throw new DbleaseError("BAD_CONFIGURATION", `there is no schema ${missing} on this server`, {
    next: "create it, or take it out of the role in dblease.yaml",
  });
}

/** Names beyond the Basic Multilingual Plane are none there can be ("Schema Object Names"), and asking for one is an error. */
function list(names: readonly string[]): string {
  const possible = names.filter((name) => !/[\u{10000}-\u{10FFFF}]/u.test(name));
  return `(${[...possible.map(literal), "NULL"].join(", ")})`;
}
