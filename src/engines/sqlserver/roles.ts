/** The standing roles of one database as they are, and what they may. */
import type { Row } from "../../connect/sqlserver.ts";
import type { GroupRole } from "../engine.ts";
import { list, literal, ownName, theirName } from "./quote.ts";
import { type Right, sameRight } from "./right.ts";
import { graveyardRole, managedRole } from "./standing.ts";

export interface Standing {
  /** Names that are there, whatever they are. */
  present: ReadonlySet<string>;
  /** Group roles that are members of the managed role. */
  marked: ReadonlySet<string>;
  /** Rights by role. */
  rights: ReadonlyMap<string, readonly Right[]>;
  /** Those that are there and that dblease did not make. */
  foreign: readonly string[];
}

/** The powerless ones: whatever they held, every temporary user or every copy would have. */
export const powerless: readonly GroupRole[] = [managedRole, graveyardRole].map((name) => ({
  name,
  scopes: [],
}));

export function standingStatements(groupRoles: readonly string[], database: string): string[] {
  const sys = `${theirName(database)}.sys`;
  const names = list([managedRole, graveyardRole, ...groupRoles]);
  const among = (on: string) =>
    `JOIN ${sys}.database_principals g ON g.principal_id = ${on} AND g.name IN ${names}`;
  return [
    `SELECT name, type AS kind FROM ${sys}.database_principals WHERE name IN ${names}`,
    `SELECT r.name AS role, g.name AS member FROM ${sys}.database_role_members m
      JOIN ${sys}.database_principals r ON r.principal_id = m.role_principal_id ${among("m.member_principal_id")}`,
    `SELECT g.name AS role, u.name AS member FROM ${sys}.database_role_members m
      JOIN ${sys}.database_principals u ON u.principal_id = m.member_principal_id ${among("m.role_principal_id")}`,
    `SELECT g.name AS role, d.class_desc AS class, d.permission_name AS permission, s.name AS home, o.name AS object, c.name AS col
      FROM ${sys}.database_permissions d ${among("d.grantee_principal_id")}
      LEFT JOIN ${sys}.objects o ON d.class = 1 AND o.object_id = d.major_id
      LEFT JOIN ${sys}.schemas s ON s.schema_id = CASE WHEN d.class = 3 THEN d.major_id ELSE o.schema_id END
      LEFT JOIN ${sys}.columns c ON d.class = 1 AND c.object_id = d.major_id AND c.column_id = d.minor_id
      WHERE d.state IN ('G', 'W')`,
  ];
}

/**
 * The answers to standingStatements. A group role is ours when it is a member of the managed role; one that is a role
 * and nothing more (no member, no membership, no permission) is taken up.
 */
export function standingIn([principals = [], above = [], below = [], held = []]: readonly Row[][]): Standing {
  const rights = Map.groupBy(
    [
      ...held.map((row) => ({ role: String(row.role), right: rightIn(row) })),
      ...above
        .filter((row) => row.role !== managedRole)
        .map((row) => ({
          role: String(row.member),
          right: { kind: "ROLE" as const, permission: String(row.role) },
        })),
    ],
    ({ role }) => role,
  );
  const marked = new Set(above.filter((row) => row.role === managedRole).map((row) => String(row.member)));
  const used = new Set([...rights.keys(), ...below.map((row) => String(row.role))]);
  return {
    present: new Set(principals.map((row) => row.name)),
    marked,
    rights: new Map([...rights].map(([role, all]) => [role, all.map(({ right }) => right)])),
    foreign: principals
      .filter(({ name, kind }) => {
        if (String(kind).trim() !== "R") return true;
        // Both are ours by name: without members or with what drift shows.
        if (name === managedRole || name === graveyardRole) return false;
        return !marked.has(name) && used.has(name);
      })
      .map((row) => row.name),
  };
}

function rightIn(row: Row): Right {
  const kind = row.class === "SCHEMA" ? "SCHEMA" : row.class === "OBJECT_OR_COLUMN" ? "OBJECT" : "DATABASE";
  return {
    kind,
    permission: row.permission,
    schema: row.home ?? undefined,
    name: row.object ?? undefined,
    column: row.col ?? undefined,
  };
}

/** Makes the role, if it is missing, and marks it. Safe to repeat. */
export function makeRole(name: string): string[] {
  const make = `IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${literal(name)}) CREATE ROLE ${ownName(name)}`;
  if (name === managedRole || name === graveyardRole) return [make];
  return [make, `ALTER ROLE ${ownName(managedRole)} ADD MEMBER ${ownName(name)}`];
}

/** How a role differs from what is wanted of it. Both empty: equal. */
export function drift(
  wanted: readonly Right[],
  present: readonly Right[],
): { missing: Right[]; surplus: Right[] } {
  const want = new Map(wanted.map((right) => [sameRight(right), right]));
  const have = new Map(present.map((right) => [sameRight(right), right]));
  return {
    missing: [...want].filter(([key]) => !have.has(key)).map(([, right]) => right),
    surplus: [...have].filter(([key]) => !want.has(key)).map(([, right]) => right),
  };
}
