import type { MysqlConnection } from "../../connect/mysql.ts";
import { check } from "../check.ts";
import type { Check, GroupRole } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { literal, theirName } from "./quote.ts";
import { managedRole } from "./standing.ts";
import { message } from "./use.ts";

/** What the admin needs everywhere: to make and end users, to see sessions, and to see and drop what runs as a user. */
const needed = [
  "SELECT",
  "CREATE",
  "DROP",
  "CREATE USER",
  "PROCESS",
  "SHOW VIEW",
  "TRIGGER",
  "ALTER ROUTINE",
  "EVENT",
];

/** What the admin holds, itself or by its active roles. */
const mine = `FIND_IN_SET(GRANTEE, CONCAT_WS(',', CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), ''''),
  REPLACE(CURRENT_ROLE(), '\`', '''')))`;

export async function adminChecks(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRoles: readonly GroupRole[],
): Promise<Check[]> {
  const roles = [managedRole, ...groupRoles.map(({ name }) => name)];
  const [[who] = [], held = [], [kill] = [], closed = []] = await message(connection, [
    "SELECT CURRENT_USER() AS admin",
    `SELECT PRIVILEGE_TYPE AS privilege, MAX(IS_GRANTABLE = 'YES') AS grantable
      FROM information_schema.USER_PRIVILEGES WHERE ${mine} GROUP BY PRIVILEGE_TYPE`,
    `SELECT COUNT(*) AS there FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = 'mysql' AND ROUTINE_NAME = 'rds_kill'`,
    ...dialect.closedRoles(roles.map(literal).join(", ")),
  ]);
  const notGiven = closed.map((row) => theirName(row.role)).join(", ");
  const admin = String(who?.admin).split("@").map(literal).join("@");
  const holds = (privilege: string) => held.some((row) => row.privilege === privilege);
  const gives = (privilege: string) =>
    held.some((row) => row.privilege === privilege && Number(row.grantable) === 1);
  const toGive = [
    ...new Set(groupRoles.flatMap(({ scopes }) => scopes.flatMap(({ privileges }) => privileges))),
  ].map((privilege) => privilege.toUpperCase());
  const lacks = [...needed, ...dialect.adminPrivileges].filter((privilege) => !holds(privilege));
  const canGive = toGive.every(gives);
  const mayKill = Number(kill?.there) > 0 || holds(dialect.killPrivilege);
  return [
    check(
      "admin_rights",
      lacks.length === 0,
      lacks.length === 0 ? "the admin has every privilege it needs" : `the admin lacks ${lacks.join(", ")}`,
      `GRANT ${lacks.join(", ")} ON *.* TO ${admin} WITH GRANT OPTION`,
    ),
    check(
      "grant_option",
      canGive,
      canGive ? "the admin may give what the roles open" : "the admin may not give what the roles open",
      `GRANT ${toGive.join(", ")} ON *.* TO ${admin} WITH GRANT OPTION`,
    ),
    check(
      "kill",
      mayKill,
      mayKill ? "the admin may end other sessions" : "the admin may not end other sessions",
      `GRANT ${dialect.killPrivilege} ON *.* TO ${admin}`,
    ),
    check("superuser", !holds("SUPER"), "the admin is no superuser", `REVOKE SUPER ON *.* FROM ${admin}`),
    check(
      "give_roles",
      closed.length === 0,
      closed.length === 0 ? "the admin may give the standing roles" : `the admin may not give ${notGiven}`,
      // MariaDB gives one role a statement.
      closed.map((row) => `GRANT ${theirName(row.role)} TO ${admin} WITH ADMIN OPTION`).join("; "),
    ),
  ];
}
