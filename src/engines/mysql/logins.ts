import type { LoginUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { engineError } from "./errors.ts";
import { currentAdmin } from "./group-roles.ts";
import { accountName, literal } from "./quote.ts";
import { type MysqlDoor, message, type Row, use } from "./use.ts";

/** Accounts that every server has, and RDS's own. */
const ofServer = [
  ...["mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys"],
  ...["rdsadmin", "rdsrepladmin", "rdsproxyadmin"],
];

/** RDS gives its master's privileges by this role (RDS for MySQL, "Role-based privilege model"). */
const superuserRole = "rds_superuser_role";

/** The view shows address and port of a session in one column. */
const address = "LEFT(HOST, CHAR_LENGTH(HOST) - CHAR_LENGTH(SUBSTRING_INDEX(HOST, ':', -1)))";

function statements(dialect: Dialect): string[] {
  return [
    `SELECT user, host, iam, changed, user = ${currentAdmin} AS admin FROM ${dialect.accounts} a WHERE locked <> 1 ORDER BY user, host`,
    `SELECT GRANTEE AS grantee, PRIVILEGE_TYPE AS privilege FROM information_schema.USER_PRIVILEGES
      WHERE PRIVILEGE_TYPE <> 'USAGE' ORDER BY PRIVILEGE_TYPE`,
    `SELECT user, host FROM ${dialect.memberships} m WHERE role = ${literal(superuserRole)}`,
    `SELECT USER AS user, COUNT(*) AS sessions, COUNT(DISTINCT ${address}) AS addresses
      FROM information_schema.PROCESSLIST GROUP BY USER`,
  ];
}

function isServers(row: Row): boolean {
  return ofServer.includes(row.user);
}

/** The server counts sessions by name, whichever account of it they are of. */
export async function logins(dialect: Dialect, door: MysqlDoor): Promise<readonly LoginUser[]> {
  try {
    const [accounts = [], privileges = [], members = [], sessions = []] = await use(door, {}, (connection) =>
      message(connection, statements(dialect)),
    );
    return accounts.map((row): LoginUser => {
      const grantee = `'${row.user}'@'${row.host}'`;
      const isMember = members.some((it) => it.user === row.user && it.host === row.host);
      const open = sessions.find((it) => it.user === row.user);
      const changed = Number(row.changed);
      return {
        username: `${row.user || "(anonymous)"}@${row.host}`,
        name: row.user,
        ...(isServers(row) ? { own: "server" } : Number(row.admin) === 1 ? { own: "admin" } : {}),
        byIam: Number(row.iam) === 1,
        powers: [
          ...privileges.filter((it) => it.grantee === grantee).map((it) => it.privilege),
          ...(isMember ? [superuserRole] : []),
        ],
        ...(changed > 0 ? { passwordSince: new Date(changed * 1000).toISOString() } : {}),
        sessions: Number(open?.sessions ?? 0),
        addresses: Number(open?.addresses ?? 0),
        bar: `ALTER USER ${accountName(row.user, row.host)} ACCOUNT LOCK`,
      };
    });
  } catch (error) {
    throw engineError(error, "users");
  }
}
