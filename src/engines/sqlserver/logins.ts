import type { Row } from "../../connect/sqlserver.ts";
import type { LoginUser } from "../engine.ts";
import { engineError } from "./errors.ts";
import { theirName } from "./quote.ts";
import { powersStatement } from "./server-powers.ts";
import { message, type SqlserverDoor, use } from "./use.ts";

/** The administrator that every server has, whatever it is called ("sys.server_principals": sid 0x01). */
const administrator = "01";
/** The server's and RDS's own: services of Windows, what certificates of the server stand for, RDS's agent. */
const ofServer = /^(NT AUTHORITY\\|NT SERVICE\\|##.*##$|rdsadmin$)/i;

/** Logins of certificates and keys (C, K) are there to sign; nobody comes in by one. */
const statements = [
  `SELECT name, sid, CASE WHEN name = ORIGINAL_LOGIN() THEN 1 ELSE 0 END AS admin FROM sys.server_principals p
    WHERE type IN ('S', 'U', 'G', 'E', 'X') AND is_disabled = 0 AND NOT EXISTS (SELECT 1 FROM sys.server_permissions d
      WHERE d.grantee_principal_id = p.principal_id AND d.type = 'COSQ' AND d.state = 'D') ORDER BY name`,
  powersStatement,
  `SELECT s.original_security_id AS sid, COUNT(*) AS sessions, COUNT(DISTINCT c.client_net_address) AS addresses
    FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id
    GROUP BY s.original_security_id`,
  "SELECT name FROM sys.databases WHERE state = 0 AND HAS_DBACCESS(name) = 1 AND containment <> 0",
];

/** A contained database has users of its own, which log in by a password and have no login (type 2). */
function containedStatement(database: string): string {
  return `SELECT name, sid FROM ${theirName(database)}.sys.database_principals WHERE authentication_type = 2 ORDER BY name`;
}

/** Sessions are told apart by SID: those of a contained user bear no name of it. */
export async function logins(door: SqlserverDoor): Promise<readonly LoginUser[]> {
  try {
    return await use(door, {}, async (connection) => {
      const [all = [], powers = [], sessions = [], contained = []] = await message(connection, statements);
      const databases = contained.map((row) => String(row.name));
      const users =
        databases.length === 0 ? [] : await message(connection, databases.map(containedStatement));
      const open = ({ sid }: Row) => {
        const found = sessions.find((row) => row.sid?.toString("hex") === sid?.toString("hex"));
        return { sessions: Number(found?.sessions ?? 0), addresses: Number(found?.addresses ?? 0) };
      };
      return [
        ...all.map(
          (row): LoginUser => ({
            username: row.name,
            name: row.name,
            ...(isServers(row) ? { own: "server" } : Number(row.admin) === 1 ? { own: "admin" } : {}),
            byIam: false,
            powers: powers.filter((it) => it.name === row.name).map((it) => it.power),
            ...open(row),
            bar: `ALTER LOGIN ${theirName(row.name)} DISABLE`,
          }),
        ),
        ...databases.flatMap((database, index) =>
          (users[index] ?? []).map(
            (row): LoginUser => ({
              username: `${row.name} of database ${database}`,
              name: row.name,
              byIam: false,
              powers: [],
              ...open(row),
              bar: `USE ${theirName(database)}; DENY CONNECT TO ${theirName(row.name)}`,
            }),
          ),
        ),
      ];
    });
  } catch (error) {
    throw engineError(error, "users");
  }
}

function isServers({ name, sid }: Row): boolean {
  return ofServer.test(name) || sid?.toString("hex") === administrator;
}
