/** All that the writer says of a user, in one batch. */
import type { Row, SqlserverConnection } from "../../connect/sqlserver.ts";
import type { KnownUser } from "../engine.ts";
import { type Holdings, holdingStatements, holdingsIn, selectsPerDatabase } from "./holdings.ts";
import { type Look, lookIn, lookStatements, ours } from "./look.ts";
import { noteBegins, sidOf } from "./mark.ts";
import { theirName } from "./quote.ts";
import { message } from "./use.ts";

export interface Reading extends Look {
  holdings: readonly Holdings[];
  /** Server roles of the login. */
  serverRoles: readonly string[];
  /** Permissions on the server, or on a login, a role or an endpoint of it, beyond CONNECT SQL. As in Permission. */
  serverPermissions: readonly { what: string; revoke?: string }[];
  /** Owned by the login, or with it as their `dbo`. */
  ownedDatabases: readonly string[];
  /** Server roles and endpoints that the login owns, and triggers of the server that run as it. */
  serverThings: readonly { kind: string; name: string }[];
  /** Agent jobs that run as the login. */
  jobs: readonly { name: string; enabled: boolean }[];
  /** Of the login, or as it was recorded when the login was made. */
  id?: string;
}

/** The table may only be read by some admins; without jobs of its own nobody misses it (doctor says so). */
function serverStatements(user: KnownUser): string[] {
  const sid = sidOf(user.marker);
  const mine = (on: string) => `JOIN sys.server_principals u ON u.principal_id = ${on} AND u.sid = ${sid}`;
  return [
    `SELECT r.name AS name FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
      ${mine("m.member_principal_id")}`,
    `SELECT d.permission_name AS permission, d.class_desc AS class, t.name AS target, t.type AS kind, e.name AS endpoint
      FROM sys.server_permissions d ${mine("d.grantee_principal_id")}
      LEFT JOIN sys.server_principals t ON d.class = 101 AND t.principal_id = d.major_id
      LEFT JOIN sys.endpoints e ON d.class = 105 AND e.endpoint_id = d.major_id
      WHERE d.state IN ('G', 'W') AND d.type <> 'COSQ'`,
    `SELECT name FROM sys.databases WHERE owner_sid = ${sid}`,
    `SELECT 'server role' AS kind, r.name AS name FROM sys.server_principals r ${mine("r.owning_principal_id")}
      UNION ALL SELECT 'endpoint', e.name FROM sys.endpoints e ${mine("e.principal_id")}
      UNION ALL SELECT 'server trigger', t.name FROM sys.server_triggers t
      JOIN sys.server_sql_modules x ON x.object_id = t.object_id ${mine("x.execute_as_principal_id")}`,
    `IF HAS_PERMS_BY_NAME(N'msdb.dbo.sysjobs', N'OBJECT', N'SELECT') = 1
      SELECT name, enabled FROM msdb.dbo.sysjobs WHERE owner_sid = ${sid}
      ELSE SELECT name FROM sys.databases WHERE 1 = 0`,
  ];
}

/** Runs `first` and reads what is then; one round trip. `databases`: those to look into. */
export async function read(
  connection: SqlserverConnection,
  user: KnownUser,
  databases: readonly string[],
  first: readonly string[] = [],
): Promise<Reading> {
  const looking = lookStatements(user);
  const server = serverStatements(user);
  const results = await message(connection, [
    ...first,
    ...looking,
    ...server,
    ...databases.flatMap((database) =>
      holdingStatements(
        { sid: sidOf(user.marker), name: user.username, note: noteBegins(user.marker) },
        database,
      ),
    ),
  ]);
  const look = lookIn(results.slice(0, looking.length));
  const [roles = [], permissions = [], owned = [], things = [], jobs = []] = results.slice(looking.length);
  const rest = results.slice(looking.length + server.length);
  const holdings = databases.map((database, index) =>
    holdingsIn(database, rest.slice(index * selectsPerDatabase, (index + 1) * selectsPerDatabase)),
  );
  const asDbo = holdings.filter(({ isOwner }) => isOwner).map(({ database }) => database);
  const id = ours(look)?.id ?? user.userOid;
  return {
    ...look,
    serverRoles: names(roles),
    serverPermissions: permissions.map(serverPermissionIn),
    ownedDatabases: [...new Set([...names(owned), ...asDbo])],
    serverThings: things.map((row) => ({ kind: row.kind, name: row.name })),
    jobs: jobs.map((row) => ({ name: row.name, enabled: Number(row.enabled) === 1 })),
    holdings,
    ...(id === undefined ? {} : { id }),
  };
}

function serverPermissionIn({ permission, class: kind, target, kind: type, endpoint }: Row) {
  if (kind === "SERVER") return { what: `${permission} on the server`, revoke: permission };
  const on =
    target === null
      ? `ENDPOINT::${theirName(endpoint ?? "")}`
      : `${String(type).trim() === "R" ? "SERVER ROLE" : "LOGIN"}::${theirName(target)}`;
  const what = `${permission} on ${target ?? endpoint ?? String(kind).toLowerCase()}`;
  return target === null && endpoint === null ? { what } : { what, revoke: `${permission} ON ${on}` };
}

function names(rows: readonly Row[]): string[] {
  return rows.map((row) => row.name);
}
