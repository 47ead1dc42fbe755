/** What one database knows of a login: its users, their roles and permissions, what they own and what runs as them. */
import type { Row } from "../../connect/sqlserver.ts";
import { literal, theirName } from "./quote.ts";

export interface Permission {
  /** `SELECT ON OBJECT::[app].[orders]`, `CREATE TABLE`; as REVOKE takes it. Absent: of a kind that dblease does not take back. */
  revoke?: string;
  what: string;
  /** It may be given on (WITH GRANT OPTION). */
  onward: boolean;
}

/** Something that a user owns, or that runs as it. */
export interface Owned {
  kind: string;
  schema: string;
  name: string;
  /** Nothing in it runs. */
  plain: boolean;
  /** Owned by itself, not through its schema. */
  itself: boolean;
}

export interface Holdings {
  database: string;
  /** Its `dbo` has the grant's SID: whatever is in the database is the user's, and none of it is listed. */
  isOwner: boolean;
  /** Users with the grant's SID, or the user's name. */
  users: readonly { name: string; marked: boolean }[];
  roles: readonly { user: string; role: string }[];
  permissions: readonly (Permission & { user: string })[];
  /** What DENY keeps the user from, whatever its roles hold. */
  denials: readonly (Permission & { user: string })[];
  owned: readonly Owned[];
}

export const selectsPerDatabase = 4;

/** Objects that hold data or belong to a table; everything else runs, or leads somewhere. */
const plainTypes = "'U', 'SO', 'TT'";

/** `sid`: as `0x...`. `name`: users of this name are listed as well. */
export function holdingStatements({ sid, name }: { sid: string; name: string }, database: string): string[] {
  const sys = `${theirName(database)}.sys`;
  const mine = (on: string) =>
    `JOIN ${sys}.database_principals u ON u.principal_id = ${on} AND u.sid = ${sid} AND u.principal_id <> 1`;
  return [
    `SELECT name, CASE WHEN sid = ${sid} THEN 1 ELSE 0 END AS marked, CASE WHEN principal_id = 1 THEN 1 ELSE 0 END AS dbo FROM ${sys}.database_principals
      WHERE sid = ${sid} OR name = ${literal(name)}`,
    `SELECT u.name AS holder, r.name AS role FROM ${sys}.database_role_members m
      JOIN ${sys}.database_principals r ON r.principal_id = m.role_principal_id ${mine("m.member_principal_id")}`,
    `SELECT u.name AS holder, d.class_desc AS class, d.permission_name AS permission, d.state AS state, s.name AS home, o.name AS object, c.name AS col
      FROM ${sys}.database_permissions d ${mine("d.grantee_principal_id")}
      LEFT JOIN ${sys}.objects o ON d.class = 1 AND o.object_id = d.major_id
      LEFT JOIN ${sys}.schemas s ON s.schema_id = CASE WHEN d.class = 3 THEN d.major_id ELSE o.schema_id END
      LEFT JOIN ${sys}.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id
      WHERE d.state IN ('G', 'W', 'D') AND NOT (d.class = 0 AND d.type = 'CO' AND d.state <> 'D')`,
    `SELECT 'schema' AS kind, s.name AS home, s.name AS name, 1 AS plain, 1 AS itself FROM ${sys}.schemas s ${mine("s.principal_id")}
      UNION ALL SELECT o.type, s.name, o.name, CASE WHEN o.type IN (${plainTypes}) AND NOT EXISTS (
          SELECT 1 FROM ${sys}.sql_expression_dependencies e JOIN ${sys}.objects c ON c.object_id = e.referencing_id
          WHERE c.object_id = o.object_id OR c.parent_object_id = o.object_id) THEN 1 ELSE 0 END,
        CASE WHEN o.principal_id IS NULL THEN 0 ELSE 1 END
      FROM ${sys}.objects o JOIN ${sys}.schemas s ON s.schema_id = o.schema_id ${mine("COALESCE(o.principal_id, s.principal_id)")}
      WHERE o.parent_object_id = 0 OR o.type = 'TR'
      UNION ALL SELECT 'module', s.name, o.name, 0, 0 FROM ${sys}.sql_modules x JOIN ${sys}.objects o ON o.object_id = x.object_id
      JOIN ${sys}.schemas s ON s.schema_id = o.schema_id ${mine("x.execute_as_principal_id")}
      UNION ALL SELECT 'role', '', r.name, 0, 1 FROM ${sys}.database_principals r ${mine("r.owning_principal_id")}
      UNION ALL SELECT 'type', s.name, t.name, 1, 1 FROM ${sys}.types t JOIN ${sys}.schemas s ON s.schema_id = t.schema_id ${mine("t.principal_id")}
      UNION ALL SELECT 'assembly', '', a.name, 0, 1 FROM ${sys}.assemblies a ${mine("a.principal_id")}`,
  ];
}

/** The answers to holdingStatements. */
export function holdingsIn(database: string, results: readonly Row[][]): Holdings {
  const [users = [], roles = [], permissions = [], owned = []] = results;
  const [denials = [], granted = []] = [true, false].map((denied) =>
    permissions
      .filter(({ state }) => (String(state).trim() === "D") === denied)
      .map((row) => ({ user: row.holder, ...permissionIn(row) })),
  );
  return {
    database,
    isOwner: users.some((row) => Number(row.dbo) === 1),
    users: users
      .filter((row) => Number(row.dbo) !== 1)
      .map((row) => ({ name: row.name, marked: Number(row.marked) === 1 })),
    roles: roles.map((row) => ({ user: row.holder, role: row.role })),
    permissions: granted,
    denials,
    owned: owned.map((row) => ({
      kind: String(row.kind).trim(),
      schema: row.home,
      name: row.name,
      plain: Number(row.plain) === 1,
      itself: Number(row.itself) === 1,
    })),
  };
}

function permissionIn(row: Row): Permission {
  return { ...securedIn(row), onward: String(row.state).trim() === "W" };
}

function securedIn({ class: kind, permission, home, object, col }: Row): Omit<Permission, "onward"> {
  if (kind === "DATABASE") return { what: permission, revoke: permission };
  if (kind === "SCHEMA") {
    return { what: `${permission} on schema ${home}`, revoke: `${permission} ON SCHEMA::${theirName(home)}` };
  }
  if (kind !== "OBJECT_OR_COLUMN" || object === null)
    return { what: `${permission} on ${String(kind).toLowerCase()}` };
  const column = col === null ? "" : ` (${theirName(col)})`;
  return {
    what: `${permission} on ${home}.${object}${col === null ? "" : ` (${col})`}`,
    revoke: `${permission}${column} ON OBJECT::${theirName(home, object)}`,
  };
}
