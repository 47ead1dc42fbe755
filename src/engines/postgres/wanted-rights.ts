import { DbleaseError } from "../../errors.ts";
import type { GroupRole, Privilege, Scope } from "../engine.ts";
import { theirName } from "./quote.ts";
import type { Relation, Schema } from "./relations.ts";
import type { Right } from "./right.ts";

/** The configuration's scopes against the tables there are. Throws BAD_CONFIGURATION for a table that is missing. */
export function wantedRights(groupRole: GroupRole, schemas: ReadonlyMap<string, Schema>): Right[] {
  return groupRole.scopes.flatMap((scope) =>
    scope.schemas.flatMap((name) => {
      const schema = schemas.get(name);
      return schema ? schemaRights(scope, schema) : [];
    }),
  );
}

function schemaRights(scope: Scope, schema: Schema): Right[] {
  const tables = schema.relations.filter(
    ({ kind, name }) => kind === "TABLE" && (scope.tables?.includes(name) ?? true),
  );
  const missing = scope.tables?.find((name) => !tables.some((table) => table.name === name));
  if (missing !== undefined) {
    throw new DbleaseError("BAD_CONFIGURATION", `there is no table ${missing} in schema ${schema.name}`, {
      next: "create it, or take it out of the role in dblease.yaml",
    });
  }
  const { name, owner, mayChange } = schema;
  return [
    { kind: "SCHEMA", privilege: "USAGE", schema: name, owner, mayChange },
    ...tables.flatMap((table) => tableRights(scope, table)),
    ...(scope.privileges.includes("insert") ? sequenceRights(scope, schema, tables) : []),
    ...(scope.tables ? [] : futureRights(scope, schema)),
  ];
}

/** A table with listed columns is open in these columns only; DELETE and TRUNCATE know no columns. */
function tableRights(scope: Scope, { schema, name, owner, mayChange }: Relation): Right[] {
  const columns = scope.columns?.[name];
  return scope.privileges.flatMap((privilege) => {
    const word = privilege.toUpperCase();
    const words =
      columns && knowsColumns(privilege) ? columns.map((column) => `${word} (${theirName(column)})`) : [word];
    return words.map((full) => ({ kind: "TABLE" as const, privilege: full, schema, name, owner, mayChange }));
  });
}

function knowsColumns(privilege: Privilege): boolean {
  return privilege === "select" || privilege === "insert" || privilege === "update";
}

/** An INSERT draws its default from a sequence: those of the tables, or all where all tables are meant. */
function sequenceRights(scope: Scope, { relations }: Schema, tables: readonly Relation[]): Right[] {
  return relations
    .filter(
      ({ kind, feeds }) =>
        kind === "SEQUENCE" && (!scope.tables || tables.some((table) => table.name === feeds)),
    )
    .map(({ schema, name, owner, mayChange }) => ({
      kind: "SEQUENCE",
      privilege: "USAGE",
      schema,
      name,
      owner,
      mayChange,
    }));
}

/** Default privileges belong to the role that will make the table: everybody who made one here, and the schema's owner. */
function futureRights(scope: Scope, schema: Schema): Right[] {
  const owners = new Map([schema, ...schema.relations].map(({ owner, mayChange }) => [owner, mayChange]));
  return [...owners].flatMap(([owner, mayChange]) => [
    ...scope.privileges.map((privilege): Right => {
      return { kind: "TABLES", privilege: privilege.toUpperCase(), schema: schema.name, owner, mayChange };
    }),
    ...(scope.privileges.includes("insert")
      ? [{ kind: "SEQUENCES" as const, privilege: "USAGE", schema: schema.name, owner, mayChange }]
      : []),
  ]);
}
