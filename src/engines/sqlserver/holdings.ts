/** What one database knows of a login: its users, their roles and permissions, what they own and what runs as them. */
import type { Row } from "../../connect/sqlserver.ts";
import { property } from "./mark.ts";
import { type Owned, ownedIn, ownedStatement } from "./owned.ts";
import { literal, theirName } from "./quote.ts";

export interface Permission {
  /** `SELECT ON OBJECT::[app].[orders]`, `CREATE TABLE`; as REVOKE takes it. Absent: of a kind that dblease does not take back. */
  revoke?: string;
  what: string;
  /** It may be given on (WITH GRANT OPTION). */
  onward: boolean;
}

/** A permission on what is not the user's, which it gave to somebody else. */
export interface Given extends Permission {
  user: string;
  grantee: string;
}

export interface Holdings {
  database: string;
  /** Its `dbo` has the grant's SID: whatever is in the database is the user's, and none of it is listed. */
  isOwner: boolean;
  /** Users with the grant's SID, the user's name, or the note of the grant. */
  users: readonly { name: string; marked: boolean }[];
  roles: readonly { user: string; role: string }[];
  permissions: readonly (Permission & { user: string })[];
  /** What DENY keeps the user from, whatever its roles hold. */
  denials: readonly (Permission & { user: string })[];
  owned: readonly Owned[];
  /** What would stay with others, and what they would stay shut out of. */
  given: { permissions: readonly Given[]; denials: readonly Given[] };
}

export const selectsPerDatabase = 5;

/** Of whom: `sid` as `0x...`; users of this name, and with this beginning of a note, are listed as well. */
export interface Whose {
  sid: string;
  name: string;
  note?: string;
}

export function holdingStatements({ sid, name, note }: Whose, database: string): string[] {
  const sys = `${theirName(database)}.sys`;
  const mine = (on: string) =>
    `JOIN ${sys}.database_principals u ON u.principal_id = ${on} AND u.sid = ${sid} AND u.principal_id <> 1`;
  const securable = `LEFT JOIN ${sys}.objects o ON d.class = 1 AND o.object_id = d.major_id
      LEFT JOIN ${sys}.schemas s ON s.schema_id = CASE WHEN d.class = 3 THEN d.major_id ELSE o.schema_id END
      LEFT JOIN ${sys}.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id
      LEFT JOIN ${sys}.database_principals t ON d.class = 4 AND t.principal_id = d.major_id`;
  const permission =
    "d.class_desc AS class, d.permission_name AS permission, d.state AS state, s.name AS home, o.name AS object, c.name AS col, t.name AS target, t.type AS kind";
  // Somebody may have given the user another login, and another name with it.
  const noted =
    note === undefined
      ? ""
      : ` OR principal_id IN (SELECT e.major_id FROM ${sys}.extended_properties e
        WHERE e.class = 4 AND e.name = ${literal(property)} AND LEFT(CONVERT(nvarchar(400), e.value), ${note.length}) = ${literal(note)})`;
  return [
    `SELECT name, CASE WHEN sid = ${sid} THEN 1 ELSE 0 END AS marked, CASE WHEN principal_id = 1 THEN 1 ELSE 0 END AS dbo FROM ${sys}.database_principals
      WHERE sid = ${sid} OR name = ${literal(name)}${noted}`,
    `SELECT u.name AS holder, r.name AS role FROM ${sys}.database_role_members m
      JOIN ${sys}.database_principals r ON r.principal_id = m.role_principal_id ${mine("m.member_principal_id")}`,
    `SELECT u.name AS holder, ${permission} FROM ${sys}.database_permissions d ${mine("d.grantee_principal_id")} ${securable}
      WHERE d.state IN ('G', 'W', 'D') AND NOT (d.class = 0 AND d.type = 'CO' AND d.state <> 'D')`,
    ownedStatement(sys, mine),
    // Permissions on what is its own go with that.
    `SELECT u.name AS holder, g.name AS grantee, ${permission} FROM ${sys}.database_permissions d ${mine("d.grantor_principal_id")}
      JOIN ${sys}.database_principals g ON g.principal_id = d.grantee_principal_id AND g.principal_id <> u.principal_id ${securable}
      WHERE COALESCE(o.principal_id, s.principal_id, 0) <> u.principal_id`,
  ];
}

/** The answers to holdingStatements. */
export function holdingsIn(database: string, results: readonly Row[][]): Holdings {
  const [users = [], roles = [], permissions = [], owned = [], given = []] = results;
  const isDenial = ({ state }: Row) => String(state).trim() === "D";
  const held = (row: Row) => ({ user: String(row.holder), ...permissionIn(row) });
  const handed = (row: Row): Given => ({ ...held(row), grantee: row.grantee });
  return {
    database,
    isOwner: users.some((row) => Number(row.dbo) === 1),
    users: users
      .filter((row) => Number(row.dbo) !== 1)
      .map((row) => ({ name: row.name, marked: Number(row.marked) === 1 })),
    roles: roles.map((row) => ({ user: row.holder, role: row.role })),
    permissions: permissions.filter((row) => !isDenial(row)).map(held),
    denials: permissions.filter(isDenial).map(held),
    owned: owned.map(ownedIn),
    given: {
      permissions: given.filter((row) => !isDenial(row)).map(handed),
      denials: given.filter(isDenial).map(handed),
    },
  };
}

function permissionIn(row: Row): Permission {
  return { ...securedIn(row), onward: String(row.state).trim() === "W" };
}

const principals: Record<string, string> = { R: "ROLE", A: "APPLICATION ROLE" };

function securedIn(row: Row): Omit<Permission, "onward"> {
  const { class: kind, permission, home, object, col, target } = row;
  if (kind === "DATABASE") return { what: permission, revoke: permission };
  if (kind === "DATABASE_PRINCIPAL" && target !== null) {
    const word = principals[String(row.kind).trim()] ?? "USER";
    return { what: `${permission} on ${target}`, revoke: `${permission} ON ${word}::${theirName(target)}` };
  }
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
