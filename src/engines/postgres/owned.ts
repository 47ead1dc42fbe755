/** What a user owns in one database, and whether any of it can run. */
import type { PostgresConnection } from "../../connect/postgres.ts";
import { executableParts, executableSelf, foreignContent } from "./executable.ts";
import { oid } from "./quote.ts";
import { message } from "./use.ts";

export interface OwnedObject {
  /** pg_identify_object's words: `table`, `sequence`, `function`, ... */
  kind: string;
  /** Qualified and quoted, as SQL takes it. */
  name: string;
  /** Absent: plain data. Otherwise why a person has to decide. */
  blocker?: { kind: "executable" | "object"; what: string; statement?: string };
  /** Grants on it to others, `grantee: privileges`. */
  grants: readonly string[];
  /** The statement that takes all of them back; absent: there are none. */
  strip?: string;
  /** Schema in which the receiver needs CREATE for ALTER ... OWNER (statistics objects only). */
  lendSchema?: string;
  /** True: the receiver needs CREATE on the database (schemas only). */
  lendDatabase: boolean;
}

/** Everything the user owns in the connected database, default privileges included. */
export async function owned(connection: PostgresConnection, userOid: string): Promise<OwnedObject[]> {
  const [rows = []] = await message(connection, [ownedStatement(userOid)]);
  return rows.map((row) => ({
    kind: row.type,
    name: row.identity,
    ...(row.blocker === null
      ? {}
      : {
          blocker: {
            kind: row.blocker,
            what: row.what,
            ...(row.statement === null ? {} : { statement: row.statement }),
          },
        }),
    grants: row.grants ?? [],
    ...(row.strip === null ? {} : { strip: row.strip }),
    ...(row.type === "statistics object" ? { lendSchema: row.schema } : {}),
    lendDatabase: row.type === "schema",
  }));
}

/** One row an object; an object with several executable parts has one row for each. */
function ownedStatement(userOid: string): string {
  const user = oid(userOid);
  return `WITH mine AS MATERIALIZED (
    SELECT d.classid, d.objid, o.type, o.schema, o.identity
      FROM pg_catalog.pg_shdepend d, pg_catalog.pg_identify_object(d.classid, d.objid, 0) o
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = ${user} AND d.deptype = 'o'
      AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
  ), tables AS MATERIALIZED (
    SELECT objid AS oid, identity FROM mine WHERE type IN ('table', 'partitioned table')
  ), blockers AS (
    ${executableSelf} UNION ALL ${executableParts} UNION ALL ${foreignContent}
  ), acls AS (
    SELECT m.classid, m.objid, e.grantee, e.privilege_type, NULL AS attname FROM mine m
      CROSS JOIN LATERAL (
        SELECT relacl AS acl FROM pg_catalog.pg_class WHERE oid = m.objid AND m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        UNION ALL SELECT typacl FROM pg_catalog.pg_type WHERE oid = m.objid AND m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
        UNION ALL SELECT nspacl FROM pg_catalog.pg_namespace WHERE oid = m.objid AND m.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
        UNION ALL SELECT lomacl FROM pg_catalog.pg_largeobject_metadata WHERE oid = m.objid AND m.classid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
        UNION ALL SELECT defaclacl FROM pg_catalog.pg_default_acl WHERE oid = m.objid AND m.classid = 'pg_catalog.pg_default_acl'::pg_catalog.regclass
      ) s CROSS JOIN LATERAL pg_catalog.aclexplode(s.acl) e WHERE e.grantee <> ${user}
    UNION ALL
    SELECT m.classid, m.objid, e.grantee, e.privilege_type, t.attname FROM mine m
      JOIN pg_catalog.pg_attribute t ON m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND t.attrelid = m.objid
      CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) e WHERE e.grantee <> ${user}
  ), grants AS (
    SELECT classid, objid, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(grantee)::pg_catalog.text END AS grantee,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(grantee)) END AS receiver,
      pg_catalog.string_agg(privilege_type || COALESCE(' (' || attname || ')', ''), ', ' ORDER BY attname, privilege_type) AS privileges
      FROM acls GROUP BY classid, objid, grantee
  )
  SELECT m.type, m.schema, m.identity, b.blocker, b.what, b.statement,
    (SELECT pg_catalog.array_agg(g.grantee || ': ' || g.privileges ORDER BY g.grantee) FROM grants g
      WHERE g.classid = m.classid AND g.objid = m.objid) AS grants,
    (SELECT 'REVOKE ALL ON ' || CASE m.type WHEN 'partitioned table' THEN 'TABLE' ELSE pg_catalog.upper(m.type) END
      || ' ' || m.identity || ' FROM ' || pg_catalog.string_agg(g.receiver, ', ') || ' CASCADE' FROM grants g
      WHERE g.classid = m.classid AND g.objid = m.objid AND m.type <> 'default acl') AS strip
  FROM mine m LEFT JOIN blockers b ON b.classid = m.classid AND b.objid = m.objid
  ORDER BY m.type, m.identity, b.what`;
}
