/** What somebody holds, in the words of a REVOKE: the server puts them together, for the fence that sends them and for the reading. */
import type { OracleConnection } from "../../connect/oracle.ts";

type Server = Pick<OracleConnection, "serverVersion">;

/** 23ai gives privileges on a whole schema as well; no server before it has the view. */
export function hasSchemaPrivileges({ serverVersion }: Server): boolean {
  return serverVersion >= 2_300_000_000;
}

/** `ON` what a privilege was given: some kinds of things have no owner in SQL, some are named with their kind. */
const target = `CASE
    WHEN TYPE IN ('DIRECTORY', 'EDITION', 'USER') THEN TYPE || ' "'
    WHEN TYPE LIKE 'JAVA %' OR TYPE IN ('MINING MODEL', 'SQL TRANSLATION PROFILE') THEN TYPE || ' "' || OWNER || '"."'
    ELSE '"' || OWNER || '"."' END || TABLE_NAME || '"'`;

/** `SELECT ON "APP"."ORDERS"`, each once, as rows of WHAT, for the bind `username`; its roles are not among them. */
export function heldPrivileges(server: Server): string {
  const all = [
    "SELECT PRIVILEGE AS WHAT FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :username",
    `SELECT PRIVILEGE || ' ON ' || ${target} FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :username`,
    `SELECT PRIVILEGE || ' ON "' || OWNER || '"."' || TABLE_NAME || '"' FROM SYS.DBA_COL_PRIVS WHERE GRANTEE = :username`,
    ...(hasSchemaPrivileges(server)
      ? [
          `SELECT PRIVILEGE || ' ON SCHEMA "' || SCHEMA || '"' FROM SYS.DBA_SCHEMA_PRIVS WHERE GRANTEE = :username`,
        ]
      : []),
  ];
  return all.join("\n    UNION ");
}
