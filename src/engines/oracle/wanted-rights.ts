import { DbleaseError } from "../../errors.ts";
import type { GroupRole, Privilege, Scope } from "../engine.ts";
import type { Right } from "./right.ts";
import type { Schema, Schemas } from "./schemas.ts";
import { managedRole } from "./standing.ts";

/** READ and not SELECT, which locks rows as well (SELECT ... FOR UPDATE) and so could stop the application. */
const words: Readonly<Partial<Record<Privilege, string>>> = {
  select: "READ",
  insert: "INSERT",
  update: "UPDATE",
  delete: "DELETE",
};

/**
 * The configuration's scopes against the tables there are, and the login itself. Throws BAD_CONFIGURATION for what is
 * missing, and for what this server cannot give to a role, or not without giving more.
 */
export function wantedRights({ name, scopes }: GroupRole, schemas: Schemas): Right[] {
  const login: Right[] = name === managedRole ? [] : [{ kind: "SYSTEM", privilege: "CREATE SESSION" }];
  const rights = scopes.flatMap((scope) => {
    assertPossible(scope);
    return scope.schemas.flatMap((schema) => {
      const there = schemas.get(schema);
      return there ? tableRights(scope, schema, there) : [];
    });
  });
  return [...login, ...rights];
}

function assertPossible({ privileges, columns }: Scope): void {
  if (privileges.includes("truncate")) {
    refuse("truncate needs DROP ANY TABLE here, which drops tables as well", "take delete instead");
  }
  if (privileges.includes("references")) {
    refuse("Oracle gives references to no role", "take it out of the role");
  }
  if (columns && privileges.includes("select")) {
    refuse(
      "Oracle gives select on whole tables only",
      "make a view of these columns, and name it under tables",
    );
  }
}

/** All tables that are named, or that are there; one with listed columns is open in these columns only. */
function tableRights(scope: Scope, schema: string, there: Schema): Right[] {
  const named = scope.tables ?? there.tables;
  const missing = [...named, ...Object.keys(scope.columns ?? {})].find(
    (table) => !there.tables.includes(table) && !there.invalid.includes(table),
  );
  if (missing !== undefined) {
    refuse(`there is no table ${missing} in schema ${schema}`, "create it, or take it out of the role");
  }
  return named
    .filter((table) => !there.invalid.includes(table))
    .flatMap((table) => {
      const columns = scope.columns?.[table];
      const unknown = columns?.find((column) => !there.columns.get(table)?.includes(column));
      if (unknown !== undefined) refuse(`table ${schema}.${table} has no column ${unknown}`, "mend the role");
      return scope.privileges.flatMap((it) => privilegeRights(it, schema, table, columns));
    });
}

/** DELETE is given on whole tables. */
function privilegeRights(
  it: Privilege,
  schema: string,
  table: string,
  columns: readonly string[] | undefined,
): Right[] {
  const right = { kind: "OBJECT" as const, privilege: words[it] ?? "", schema, table };
  return columns && it !== "delete" ? columns.map((column) => ({ ...right, column })) : [right];
}

function refuse(sentence: string, next: string): never {
  throw new DbleaseError("BAD_CONFIGURATION", sentence, { next });
}
