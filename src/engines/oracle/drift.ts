import type { OracleConnection, OracleRow } from "../../connect/oracle.ts";
import type { GroupRole } from "../engine.ts";
import { hasSchemaPrivileges } from "./held.ts";
import { ownName } from "./quote.ts";
import { type Right, revokedAlike, rightStatements, sameRight } from "./right.ts";
import type { Schemas } from "./schemas.ts";
import { managedRole } from "./standing.ts";
import { wantedRights } from "./wanted-rights.ts";

/** How a group role differs from the configuration. */
export interface Drift {
  /** Privileges that are missing or too much; zero: equal. */
  count: number;
  /** What makes it equal. */
  statements: readonly string[];
}

const readRights = (
  server: OracleConnection,
) => `SELECT 'SYSTEM' AS KIND, PRIVILEGE, '' AS OWNER, '' AS NAME, '' AS COL, ADMIN_OPTION AS ADMIN FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :role
  UNION ALL SELECT 'ROLE', GRANTED_ROLE, '', '', '', ADMIN_OPTION FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :role AND GRANTED_ROLE <> :managed
  UNION ALL SELECT 'OBJECT', PRIVILEGE, OWNER, TABLE_NAME, '', 'NO' FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :role
  UNION ALL SELECT 'OBJECT', PRIVILEGE, OWNER, TABLE_NAME, COLUMN_NAME, 'NO' FROM SYS.DBA_COL_PRIVS WHERE GRANTEE = :role${
    hasSchemaPrivileges(server)
      ? "\n  UNION ALL SELECT 'SCHEMA', PRIVILEGE, SCHEMA, '', '', ADMIN_OPTION FROM SYS.DBA_SCHEMA_PRIVS WHERE GRANTEE = :role"
      : ""
  }`;

export async function drift(
  connection: OracleConnection,
  groupRole: GroupRole,
  schemas: Schemas,
  isThere: boolean,
): Promise<Drift> {
  const wanted = byKey(wantedRights(groupRole, schemas));
  const present = byKey(isThere ? await presentRights(connection, groupRole.name) : []);
  const missing = [...wanted].filter(([key]) => !present.has(key)).map(([, right]) => right);
  const surplus = [...present].filter(([key]) => !wanted.has(key)).map(([, right]) => right);
  // Whatever a REVOKE takes beside what was meant is given again.
  const taken = new Set(surplus.map(revokedAlike));
  const toGive = [...wanted.values()].filter((it) => missing.includes(it) || taken.has(revokedAlike(it)));
  return {
    count: missing.length + surplus.length,
    statements: [
      ...rightStatements("REVOKE", surplus, groupRole.name),
      ...rightStatements("GRANT", toGive, groupRole.name),
    ],
  };
}

function byKey(rights: readonly Right[]): ReadonlyMap<string, Right> {
  return new Map(rights.map((right) => [sameRight(right), right]));
}

async function presentRights(connection: OracleConnection, name: string): Promise<Right[]> {
  const { rows } = await connection.query(readRights(connection), {
    role: ownName(name),
    managed: ownName(managedRole),
  });
  return rows.map(rightIn);
}

function rightIn({ KIND, PRIVILEGE, OWNER, NAME, COL, ADMIN }: OracleRow): Right {
  return {
    kind: KIND,
    privilege: PRIVILEGE,
    ...(OWNER ? { schema: OWNER } : {}),
    ...(NAME ? { table: NAME } : {}),
    ...(COL ? { column: COL } : {}),
    ...(ADMIN === "YES" ? { admin: true } : {}),
  };
}
