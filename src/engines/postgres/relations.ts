import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import { literal } from "./quote.ts";
import { message } from "./use.ts";

export interface Relation {
  kind: "TABLE" | "SEQUENCE";
  schema: string;
  name: string;
  owner: string;
  mayChange: boolean;
  /** Table whose column draws its numbers from this sequence. */
  feeds?: string;
}

export interface Schema {
  name: string;
  owner: string;
  mayChange: boolean;
  relations: readonly Relation[];
}

/** The schemas with their tables, views and sequences, but for what extensions brought. Throws BAD_CONFIGURATION. */
export async function readSchemas(
  connection: PostgresConnection,
  names: readonly string[],
): Promise<Map<string, Schema>> {
  const wanted = `(${[...names.map(literal), "NULL"].join(", ")})`;
  const [schemas = [], relations = []] = await message(connection, [
    `SELECT nspname AS name, pg_catalog.pg_get_userbyid(nspowner) AS owner, pg_catalog.pg_has_role(nspowner, 'USAGE') AS may_change
      FROM pg_catalog.pg_namespace WHERE nspname IN ${wanted}`,
    `SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, n.nspname AS schema, c.relname AS name,
        pg_catalog.pg_get_userbyid(c.relowner) AS owner, pg_catalog.pg_has_role(c.relowner, 'USAGE') AS may_change, f.relname AS feeds
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_depend d ON c.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
        AND d.refclassid = d.classid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
      LEFT JOIN pg_catalog.pg_class f ON f.oid = d.refobjid
      WHERE n.nspname IN ${wanted} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
          WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e')
      ORDER BY n.nspname, c.relname`,
  ]);
  const found = new Map(
    schemas.map((row): [string, Schema] => [
      row.name,
      {
        name: row.name,
        owner: row.owner,
        mayChange: row.may_change,
        relations: relations
          .filter((relation) => relation.schema === row.name)
          .map(({ may_change: mayChange, feeds, ...relation }) => ({
            ...relation,
            mayChange,
            ...(feeds === null ? {} : { feeds }),
          })),
      },
    ]),
  );
  const missing = names.find((name) => !found.has(name));
  if (missing === undefined) return found;
  throw new DbleaseError("BAD_CONFIGURATION", `there is no schema ${missing} in this database`, {
    next: "create it, or take it out of the role in dblease.yaml",
  });
}
