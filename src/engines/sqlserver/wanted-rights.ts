import type { Row } from "../../connect/sqlserver.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole, Scope } from "../engine.ts";
import { list, theirName } from "./quote.ts";
import type { Right } from "./right.ts";

/** Column names by table, by schema. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** A scope that names neither tables nor columns opens the schema as a whole. */
function isWhole(scope: Scope): boolean {
  return scope.tables === undefined && Object.keys(scope.columns ?? {}).length === 0;
}

/** The schemas that these roles name, and the tables and views of those that are opened in part. */
export function tableStatements(groupRoles: readonly GroupRole[], database: string): string[] {
  const sys = `${theirName(database)}.sys`;
  const scopes = groupRoles.flatMap((it) => it.scopes);
  const inPart = scopes.filter((scope) => !isWhole(scope)).flatMap((scope) => scope.schemas);
  return [
    `SELECT name FROM ${sys}.schemas WHERE name IN ${list(scopes.flatMap((scope) => scope.schemas))}`,
    `SELECT s.name AS home, o.name AS tab, c.name AS col FROM ${sys}.objects o
      JOIN ${sys}.schemas s ON s.schema_id = o.schema_id JOIN ${sys}.columns c ON c.object_id = o.object_id
      WHERE o.type IN ('U', 'V') AND s.name IN ${list(inPart)}`,
  ];
}

/** The answers to tableStatements. */
export function tablesIn([schemas = [], columns = []]: readonly Row[][]): Tables {
  const found = new Map(schemas.map((row) => [String(row.name), new Map<string, string[]>()]));
  for (const { home, tab, col } of columns) {
    const tables = found.get(home);
    tables?.set(tab, [...(tables.get(tab) ?? []), col]);
  }
  return found;
}

/**
 * The configuration's scopes against the tables there are. Throws BAD_CONFIGURATION for what is missing, and for what
 * this server cannot give without giving more.
 */
export function wantedRights(groupRole: GroupRole, tables: Tables): Right[] {
  return groupRole.scopes.flatMap((scope) =>
    scope.schemas.flatMap((schema) => {
      const there = tables.get(schema);
      if (there === undefined)
        refuse(`there is no schema ${schema} in this database`, "create it, or take it out of the role");
      if (scope.privileges.includes("truncate")) {
        refuse("truncate needs ALTER here, which changes tables as well", "take delete instead");
      }
      return isWhole(scope)
        ? scope.privileges.map((privilege) => ({
            kind: "SCHEMA" as const,
            permission: privilege.toUpperCase(),
            schema,
          }))
        : tableRights(scope, schema, there);
    }),
  );
}

/** All tables that are named, or that are there; one with listed columns is open in these columns only. */
function tableRights(scope: Scope, schema: string, there: ReadonlyMap<string, readonly string[]>): Right[] {
  const named = scope.tables ?? [...there.keys()];
  const missing = [...named, ...Object.keys(scope.columns ?? {})].find((name) => !there.has(name));
  if (missing !== undefined) {
    refuse(`there is no table ${missing} in schema ${schema}`, "create it, or take it out of the role");
  }
  return named.flatMap((name) => {
    const columns = scope.columns?.[name];
    const unknown = columns?.find((column) => !there.get(name)?.includes(column));
    if (unknown !== undefined) refuse(`table ${schema}.${name} has no column ${unknown}`, "mend the role");
    if (columns && scope.privileges.includes("insert")) {
      refuse(
        `insert is given on whole tables here, not on columns of ${schema}.${name}`,
        "give insert in a scope without columns",
      );
    }
    return scope.privileges.flatMap((privilege): Right[] => {
      const right = { kind: "OBJECT" as const, permission: privilege.toUpperCase(), schema, name };
      // DELETE is given on whole tables.
      return columns && privilege !== "delete" ? columns.map((column) => ({ ...right, column })) : [right];
    });
  });
}

function refuse(sentence: string, next: string): never {
  throw new DbleaseError("BAD_CONFIGURATION", sentence, { next });
}
