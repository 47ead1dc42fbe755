/** Who is there: what one server process says of a login and its sessions. Asked again and again, so it is short. */
import type { Row, SqlserverConnection } from "../../connect/sqlserver.ts";
import { tag } from "../../connect/tag.ts";
import { DbleaseError } from "../../errors.ts";
import type { OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { sidOf } from "./mark.ts";
import { literal, ownName, theirName } from "./quote.ts";
import { message } from "./use.ts";

export interface Login {
  name: string;
  /** It carries the SID of this grant. */
  marked: boolean;
  disabled: boolean;
  /** Of the moment at which it was made. */
  id: string;
}

export interface Look {
  /** All that have the user's name or the grant's SID. */
  logins: readonly Login[];
  /** Session ids of the login, whomever it poses as, and of whoever poses as it. */
  sessions: readonly number[];
  /** Where the sessions come from, by session id. */
  origins: ReadonlyMap<number, OpenSession>;
  /** Admin sessions that work for this grant right now, other than revokes. */
  admins: readonly number[];
  /** Databases that are up and that the admin may enter. */
  databases: readonly string[];
}

/** Without these the admin sees its own sessions and logins only, and would call everybody else gone. */
const serverPermissions = [
  "VIEW SERVER STATE",
  "VIEW ANY DEFINITION",
  "ALTER ANY LOGIN",
  "ALTER ANY CONNECTION",
] as const;

export const permissionStatement = `SELECT ${serverPermissions
  .map((permission, index) => `HAS_PERMS_BY_NAME(NULL, NULL, ${literal(permission)}) AS p${index}`)
  .join(", ")}, ORIGINAL_LOGIN() AS admin`;

/** The permissions that the answer says are missing. */
export function missingPermissions(row: Row | undefined): string[] {
  return serverPermissions.filter((_, index) => Number(row?.[`p${index}`]) !== 1);
}

export function permissionRepair(missing: readonly string[], admin: unknown): string {
  return `USE [master]; GRANT ${missing.join(", ")} TO ${theirName(String(admin))}`;
}

export function lookStatements(user: KnownUser): string[] {
  ownName(user.username);
  const name = literal(user.username);
  const sid = sidOf(user.marker);
  return [
    permissionStatement,
    `SELECT name, CASE WHEN sid = ${sid} THEN 1 ELSE 0 END AS marked, is_disabled AS disabled, create_date AS created
      FROM sys.server_principals WHERE name = ${name} OR sid = ${sid}`,
    `SELECT s.session_id AS id, CASE WHEN ${posing(name, sid)} THEN 'session' ELSE 'admin' END AS kind,
        c.client_net_address AS address, s.program_name AS application, s.login_time AS started
      FROM sys.dm_exec_sessions s LEFT JOIN sys.dm_exec_connections c ON c.session_id = s.session_id
      WHERE s.session_id <> @@SPID AND (${posing(name, sid)}
      OR (s.original_login_name = ORIGINAL_LOGIN() AND s.program_name = ${literal(tag(user.marker.grantId))}))`,
    "SELECT name FROM sys.databases WHERE state = 0 AND HAS_DBACCESS(name) = 1",
  ];
}

/** EXECUTE AS changes login_name and security_id, never the original ones. */
function posing(name: string, sid: string): string {
  return `s.original_login_name = ${name} OR s.original_security_id = ${sid} OR s.login_name = ${name} OR s.security_id = ${sid}`;
}

/** The answers to lookStatements. Throws ADMIN_LACKS_RIGHTS: half an answer would be taken for a whole one. */
export function lookIn([admin = [], logins = [], sessions = [], databases = []]: readonly Row[][]): Look {
  const [rights] = admin;
  const missing = missingPermissions(rights);
  if (missing.length > 0) {
    throw new DbleaseError("ADMIN_LACKS_RIGHTS", `the admin lacks ${missing.join(", ")}`, {
      next: permissionRepair(missing, rights?.admin),
    });
  }
  const ids = (kind: string) => sessions.filter((row) => row.kind === kind).map((row) => Number(row.id));
  return {
    logins: logins.map((row) => ({
      name: row.name,
      marked: Number(row.marked) === 1,
      disabled: Number(row.disabled) === 1,
      id: idOf(row.created),
    })),
    sessions: ids("session"),
    origins: new Map(sessions.map((row) => [Number(row.id), originOf(row)])),
    admins: ids("admin"),
    databases: databases.map((row) => row.name),
  };
}

/** `connection`: address and session id, as an audit or a trace of the server tells them. */
export function originOf({ id, address, application, started }: Row): OpenSession {
  return {
    connection: `${address ?? "nowhere"}#${id}`,
    ...(address ? { address } : {}),
    ...(application ? { application } : {}),
    ...(started instanceof Date ? { startedAt: started.toISOString() } : {}),
  };
}

/** The sessions, with where they come from. */
export function originsOf({ sessions, origins }: Pick<Look, "sessions" | "origins">): OpenSession[] {
  return sessions.flatMap((id) => origins.get(id) ?? []);
}

export async function look(connection: SqlserverConnection, user: KnownUser): Promise<Look> {
  return lookIn(await message(connection, lookStatements(user)));
}

/** The login that a revoke ends: it has the SID of this very grant, and keeps it whatever somebody calls it. */
export function ours(seen: Pick<Look, "logins">): Login | undefined {
  return seen.logins.find(({ marked }) => marked);
}

export function isForeign(user: KnownUser, seen: Pick<Look, "logins">): boolean {
  return seen.logins.some(({ name, marked }) => name === user.username && !marked);
}

/** Tells a login from another one that was made later under the same name and SID. Throws RangeError for no date. */
export function idOf(created: unknown): string {
  if (created instanceof Date && !Number.isNaN(created.getTime())) return String(created.getTime());
  throw new RangeError("the server gave no date of creation");
}
