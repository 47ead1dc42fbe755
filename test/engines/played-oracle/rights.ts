/** Who may do what, by the played dictionary. */
import type { Dictionary } from "./dictionary.ts";
import { OraError } from "./ora-error.ts";

/** AWS "Privileges for the master user": those of DBA that matter here, without ALTER SYSTEM, GRANT ANY PRIVILEGE and GRANT ANY ROLE. */
export const masterPrivileges = [
  "CREATE SESSION",
  "CREATE USER",
  "ALTER USER",
  "DROP USER",
  "CREATE PROFILE",
  "ALTER PROFILE",
  "DROP PROFILE",
  "CREATE ROLE",
  "CREATE JOB",
  "CREATE ANY JOB",
  "CREATE TABLE",
  "CREATE ANY TABLE",
  "ALTER ANY TABLE",
  "SELECT ANY DICTIONARY",
  "GRANT ANY OBJECT PRIVILEGE",
  "FORCE ANY TRANSACTION",
  "SELECT ANY TABLE",
];

/** A name and all roles that come with it. */
export function rolesOf(dictionary: Dictionary, name: string): string[] {
  const rows = dictionary.rows(
    `WITH RECURSIVE held(name) AS (VALUES (?) UNION SELECT GRANTED_ROLE FROM DBA_ROLE_PRIVS JOIN held ON GRANTEE = held.name)
     SELECT name FROM held`,
    name,
  );
  return rows.map((row) => String(row.name));
}

function list(names: readonly string[]): string {
  return names.map((name) => `'${name.replaceAll("'", "''")}'`).join(", ");
}

export function holds(dictionary: Dictionary, name: string, privilege: string): boolean {
  if (name === "SYS") return true;
  const grantees = list(rolesOf(dictionary, name));
  return (
    dictionary.rows(`SELECT 1 FROM DBA_SYS_PRIVS WHERE PRIVILEGE = ? AND GRANTEE IN (${grantees})`, privilege)
      .length > 0
  );
}

export function demand(dictionary: Dictionary, name: string, privilege: string): void {
  if (!holds(dictionary, name, privilege)) throw new OraError(1031, "insufficient privileges");
}

/** Columns of the table that are open to somebody for this; undefined: all. Throws 942 and 1031 as the server does. */
export function openColumns(
  dictionary: Dictionary,
  name: string,
  [owner, table]: readonly [string, string],
  use: "SELECT" | "SELECT FOR UPDATE" | "INSERT" | "UPDATE" | "DELETE",
): readonly string[] | undefined {
  const privilege = use === "SELECT FOR UPDATE" ? "SELECT" : use;
  const there = dictionary.rows(
    "SELECT 1 FROM DBA_OBJECTS WHERE OWNER = ? AND OBJECT_NAME = ?",
    owner,
    table,
  );
  const grantees = list([...rolesOf(dictionary, name), "PUBLIC"]);
  const where = `OWNER = ? AND TABLE_NAME = ? AND GRANTEE IN (${grantees})`;
  const tables = dictionary.rows(`SELECT PRIVILEGE FROM DBA_TAB_PRIVS WHERE ${where}`, owner, table);
  const columns = dictionary.rows(
    `SELECT PRIVILEGE, COLUMN_NAME FROM DBA_COL_PRIVS WHERE ${where}`,
    owner,
    table,
  );
  const all =
    name === "SYS" ||
    name === owner ||
    (privilege === "SELECT" && holds(dictionary, name, "SELECT ANY TABLE"));
  if (there.length === 0 || (!all && tables.length + columns.length === 0)) {
    throw new OraError(942, "table or view does not exist");
  }
  // READ locks no rows.
  const words = use === "SELECT" ? ["SELECT", "READ"] : [privilege];
  if (all || tables.some((row) => words.includes(String(row.PRIVILEGE)))) return undefined;
  const open = columns.filter((row) => row.PRIVILEGE === privilege).map((row) => String(row.COLUMN_NAME));
  if (open.length === 0) throw new OraError(1031, "insufficient privileges");
  return open;
}
