import type { OracleConnection } from "../../connect/oracle.ts";
import { check } from "../check.ts";
import type { Check } from "../engine.ts";
import { numberOf } from "./errors.ts";
import { hasSchemaPrivileges } from "./held.ts";
import { quoted } from "./quote.ts";

/** Views of the dictionary that the statements of this folder read. */
const dictionary = [
  "DBA_USERS",
  "DBA_ROLES",
  "DBA_PROFILES",
  "DBA_ROLE_PRIVS",
  "DBA_SYS_PRIVS",
  "DBA_TAB_PRIVS",
  "DBA_COL_PRIVS",
  "PROXY_USERS",
  "DBA_OBJECTS",
  "DBA_TABLES",
  "DBA_TAB_COLUMNS",
  "DBA_SCHEDULER_JOBS",
  "DBA_2PC_PENDING",
  "GV_$SESSION",
  "V_$PARAMETER",
] as const;

function askView(view: string): string {
  return `SELECT 1 AS ONE FROM SYS.${view} WHERE 1 = 0`;
}

/** A view that the admin may not see looks as if it were not there (942). */
export async function dictionaryCheck(connection: OracleConnection): Promise<Check> {
  const hidden: string[] = [];
  const views = hasSchemaPrivileges(connection) ? [...dictionary, "DBA_SCHEMA_PRIVS"] : dictionary;
  for (const view of views) {
    try {
      await connection.query(askView(view));
    } catch (error) {
      if (![942, 1031].includes(numberOf(error))) throw error;
      hidden.push(view);
    }
  }
  return check(
    "dictionary",
    hidden.length === 0,
    hidden.length === 0 ? "the admin reads the dictionary" : `the admin may not read ${hidden.join(", ")}`,
    hidden
      .map((view) => `EXEC rdsadmin.rdsadmin_util.grant_sys_object('${view}', USER, 'SELECT')`)
      .join("; "),
  );
}

/** What the admin needs everywhere. CREATE ANY JOB: to stop and drop jobs of others. */
const needed = [
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
  "GRANT ANY OBJECT PRIVILEGE",
];

const readAdminRights = `SELECT 'has' AS KIND, PRIVILEGE AS WHAT FROM SYS.SESSION_PRIVS
  UNION ALL SELECT 'kill', STATUS FROM SYS.ALL_OBJECTS WHERE OWNER = 'RDSADMIN' AND OBJECT_NAME = 'RDSADMIN_UTIL' AND OBJECT_TYPE = 'PACKAGE'
  UNION ALL SELECT 'admin', SYS_CONTEXT('USERENV', 'SESSION_USER') FROM DUAL
  UNION ALL SELECT 'sysdba', SYS_CONTEXT('USERENV', 'ISDBA') FROM DUAL
  UNION ALL SELECT 'gives', PRIVILEGE FROM SYS.DBA_SYS_PRIVS WHERE PRIVILEGE = 'CREATE SESSION' AND ADMIN_OPTION = 'YES'
    AND (GRANTEE = SYS_CONTEXT('USERENV', 'SESSION_USER') OR GRANTEE IN (SELECT ROLE FROM SYS.SESSION_ROLES))`;

export async function adminChecks(connection: OracleConnection): Promise<Check[]> {
  const { rows } = await connection.query(readAdminRights);
  const all = (kind: string) => rows.filter((row) => row.KIND === kind).map((row) => String(row.WHAT));
  const holds = new Set(all("has"));
  const admin = quoted(all("admin")[0] ?? "ADMIN");
  const lacks = needed.filter((privilege) => !holds.has(privilege));
  const gives = all("gives").length > 0 || holds.has("GRANT ANY PRIVILEGE");
  const [rds] = all("kill");
  const mayKill = rds === "VALID" || holds.has("ALTER SYSTEM");
  return [
    check(
      "admin_rights",
      lacks.length === 0,
      lacks.length === 0 ? "the admin has every privilege it needs" : `the admin lacks ${lacks.join(", ")}`,
      `GRANT ${lacks.join(", ")} TO ${admin}`,
    ),
    check(
      "give_login",
      gives,
      gives ? "the admin may let others log in" : "the admin may not let others log in",
      `GRANT CREATE SESSION TO ${admin} WITH ADMIN OPTION`,
    ),
    check(
      "kill",
      mayKill,
      mayKill ? "the admin may end other sessions" : killSentence(rds),
      rds === undefined ? `GRANT ALTER SYSTEM TO ${admin}` : "ALTER PACKAGE RDSADMIN.RDSADMIN_UTIL COMPILE",
    ),
    check("superuser", all("sysdba")[0] !== "TRUE", "the admin is no superuser", "log in without AS SYSDBA"),
  ];
}

function killSentence(rds: string | undefined): string {
  return rds === undefined
    ? "the admin may not end other sessions"
    : "RDSADMIN.RDSADMIN_UTIL is invalid, so that no session can be ended";
}
