/** The standing roles: which are there, and which of them dblease may call its own. */
import type { OracleConnection } from "../../connect/oracle.ts";
import type { GroupRole } from "../engine.ts";
import { ownName, quoted } from "./quote.ts";

/** Every group role is its member: how to tell a role of ours from one of the same name. It has no privilege. */
export const managedRole = "jit_managed";

/** Whatever the managed role held, all temporary users would have. */
export function withManaged(groupRoles: readonly GroupRole[]): readonly GroupRole[] {
  return [{ name: managedRole, scopes: [] }, ...groupRoles];
}

/**
 * Oracle makes whoever makes a role its member, so that it may give it; that counts for nobody's use of it. `OPEN`: no
 * password and nothing external is needed to have it.
 */
const readRole = `SELECT
  (SELECT COUNT(*) FROM SYS.DBA_ROLES WHERE ROLE = :role) AS PRESENT,
  (SELECT COUNT(*) FROM SYS.DBA_ROLES WHERE ROLE = :role AND AUTHENTICATION_TYPE = 'NONE') AS OPEN,
  (SELECT COUNT(*) FROM SYS.DBA_USERS WHERE USERNAME = :role) AS USERS,
  (SELECT COUNT(*) FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :role AND GRANTED_ROLE = :managed) AS MARKED,
  (SELECT COUNT(*) FROM SYS.DBA_ROLE_PRIVS WHERE GRANTED_ROLE = :role AND GRANTEE <> SYS_CONTEXT('USERENV', 'SESSION_USER'))
  + (SELECT COUNT(*) FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :role)
  + (SELECT COUNT(*) FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :role)
  + (SELECT COUNT(*) FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :role)
  + (SELECT COUNT(*) FROM SYS.DBA_COL_PRIVS WHERE GRANTEE = :role) AS USED,
  (SELECT COUNT(*) FROM SYS.DBA_ROLE_PRIVS WHERE GRANTED_ROLE = :role AND ADMIN_OPTION = 'YES'
    AND GRANTEE = SYS_CONTEXT('USERENV', 'SESSION_USER')) AS MINE
  FROM DUAL`;

/** `missing`: made by the next prepare. `foreign`: a user, or a role that dblease did not make. */
export interface Standing {
  name: string;
  state: "ours" | "missing" | "unmarked" | "foreign";
  /** The admin may give it to users. */
  mayGive: boolean;
}

/**
 * A role is ours when it is a member of the managed role. One that is not, but is nothing more than a name, is what a
 * prepare leaves that was killed just after CREATE ROLE: it is taken up.
 */
export async function readStanding(connection: OracleConnection, name: string): Promise<Standing> {
  const binds = { role: ownName(name), managed: ownName(managedRole) };
  const { rows } = await connection.query(readRole, binds);
  const [it = {}] = rows;
  const is = (column: string) => Number(it[column]) > 0;
  return { name, state: stateOf(name, is), mayGive: is("MINE") };
}

function stateOf(name: string, is: (column: string) => boolean): Standing["state"] {
  if (is("USERS") || (is("PRESENT") && !is("OPEN"))) return "foreign";
  if (!is("PRESENT")) return "missing";
  if (is("MARKED") || name === managedRole) return "ours";
  return is("USED") ? "foreign" : "unmarked";
}

/** Makes and marks what is missing. */
export function standingStatements({ name, state }: Standing): string[] {
  const role = quoted(ownName(name));
  const create = state === "missing" ? [`CREATE ROLE ${role} NOT IDENTIFIED`] : [];
  const mark =
    name === managedRole || state === "ours" ? [] : [`GRANT ${quoted(ownName(managedRole))} TO ${role}`];
  return [...create, ...mark];
}
