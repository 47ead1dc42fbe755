import { DbleaseError } from "../../errors.ts";
import type { GroupRole, Privilege, Scope } from "../engine.ts";
import { schemaPattern, theirName } from "./quote.ts";
import type { Right } from "./right.ts";
import { dbleaseSchema } from "./standing.ts";
import { isWhole, type Tables } from "./tables.ts";

/** Who may write here makes marks, events and privileges of dblease. */
const closedSchemas = ["mysql", dbleaseSchema];

/**
 * The configuration's scopes against the tables there are. Throws BAD_CONFIGURATION for what is missing, and for what
 * this server cannot give without giving more.
 */
export function wantedRights(groupRole: GroupRole, tables: Tables): Right[] {
  return groupRole.scopes.flatMap((scope) => {
    assertPossible(scope);
    return scope.schemas.flatMap((schema) =>
      isWhole(scope)
        ? scope.privileges.map((privilege) => ({
            kind: "SCHEMA" as const,
            privilege: privilege.toUpperCase(),
            schema: schemaPattern(schema),
          }))
        : tableRights(scope, schema, tables.get(schema) ?? new Map()),
    );
  });
}

function assertPossible(scope: Scope): void {
  if (scope.privileges.includes("truncate")) {
    refuse("truncate needs the privilege DROP here, which drops tables as well", "take delete instead");
  }
  const closed = scope.schemas.find((schema) => closedSchemas.includes(schema.toLowerCase()));
  if (closed !== undefined) {
    refuse(`a role may not reach into the schema ${closed}`, "take it out of the role in dblease.yaml");
  }
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
    return scope.privileges
      .flatMap((privilege) => words(privilege, columns))
      .map((privilege) => ({ kind: "TABLE" as const, privilege, schema, name }));
  });
}

/** DELETE and REFERENCES are given on whole tables. */
function words(privilege: Privilege, columns: readonly string[] | undefined): string[] {
  const word = privilege.toUpperCase();
  if (!columns || !["select", "insert", "update"].includes(privilege)) return [word];
  return columns.map((column) => `${word} (${theirName(column)})`);
}

function refuse(sentence: string, next: string): never {
  throw new DbleaseError("BAD_CONFIGURATION", sentence, { next });
}
