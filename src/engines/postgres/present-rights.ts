import type { PostgresConnection } from "../../connect/postgres.ts";
import { literal, theirName } from "./quote.ts";
import type { Right } from "./right.ts";
import { message } from "./use.ts";

/** What the group role holds in the connected database: on schemas, tables, columns, sequences and future tables. */
export async function presentRights(connection: PostgresConnection, groupRole: string): Promise<Right[]> {
  const [rows = []] = await message(connection, [presentStatement(groupRole)]);
  return rows.map((row) => ({
    kind: row.kind,
    privilege:
      row.attname === null ? row.privilege_type : `${row.privilege_type} (${theirName(row.attname)})`,
    schema: row.nspname,
    ...(row.relname === null ? {} : { name: row.relname }),
    owner: row.owner,
    mayChange: row.may_change,
  }));
}

function presentStatement(groupRole: string): string {
  return `SELECT a.*, n.nspname, pg_catalog.pg_get_userbyid(a.owner_oid) AS owner,
      pg_catalog.pg_has_role(a.owner_oid, 'USAGE') AS may_change
    FROM (
      SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.relnamespace AS schema_oid,
        c.relname, NULL AS attname, c.relowner AS owner_oid, e.grantee, e.privilege_type
        FROM pg_catalog.pg_class c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) e
      UNION ALL
      SELECT 'TABLE', c.relnamespace, c.relname, t.attname, c.relowner, e.grantee, e.privilege_type
        FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid
        CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) e
      UNION ALL
      SELECT 'SCHEMA', s.oid, NULL, NULL, s.nspowner, e.grantee, e.privilege_type
        FROM pg_catalog.pg_namespace s CROSS JOIN LATERAL pg_catalog.aclexplode(s.nspacl) e
      UNION ALL
      SELECT CASE d.defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END, d.defaclnamespace, NULL, NULL,
        d.defaclrole, e.grantee, e.privilege_type
        FROM pg_catalog.pg_default_acl d CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) e
        WHERE d.defaclobjtype IN ('r', 'S') AND d.defaclnamespace <> 0
    ) a
    JOIN pg_catalog.pg_namespace n ON n.oid = a.schema_oid
    JOIN pg_catalog.pg_roles g ON g.oid = a.grantee AND g.rolname = ${literal(groupRole)}`;
}
