/** Who is there: what one server process says of a user's accounts and sessions. Asked again and again, so it is short. */

import type { MysqlConnection } from "../../connect/mysql.ts";
import { tag } from "../../connect/tag.ts";
import type { OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { markOf } from "./mark.ts";
import { literal, ownName } from "./quote.ts";
import { message, type Row, tagged } from "./use.ts";

export interface Account {
  user: string;
  host: string;
  /** It carries the mark of this grant. */
  marked: boolean;
  number: string;
  locked: boolean;
}

export interface Look {
  /** All that have the user's name or the grant's mark. */
  accounts: readonly Account[];
  /** Thread ids. */
  sessions: readonly number[];
  /** Where the sessions come from, by thread id. */
  origins: ReadonlyMap<number, OpenSession>;
  /** Admin connections that work for this grant right now, other than revokes. */
  admins: readonly number[];
  /** Logins that have not finished; whose, nobody can see. */
  starting: readonly number[];
  /** Roles that accounts of this name have, by the account's host. */
  memberships: readonly { role: string; host: string }[];
}

export function lookStatements(dialect: Dialect, user: KnownUser): string[] {
  ownName(user.username);
  const name = literal(user.username);
  const { queries, updates } = markOf(user.marker);
  const marked = `queries = ${queries} AND updates = ${updates}`;
  // Only connections of our own admin count: anybody may write what they like into a comment.
  const ours = literal(`${tagged(tag(user.marker.grantId), "")}`);
  return [
    `SELECT user, host, ${marked} AS marked, number, locked FROM ${dialect.accounts} a WHERE user = ${name} OR (${marked})`,
    `SELECT ID AS id, HOST AS host, CASE USER WHEN ${name} THEN 'session' WHEN 'unauthenticated user' THEN 'starting' ELSE 'admin' END AS kind
      FROM information_schema.PROCESSLIST WHERE USER IN (${name}, 'unauthenticated user')
      OR (USER = SUBSTRING_INDEX(USER(), '@', 1) AND LEFT(INFO, CHAR_LENGTH(${ours})) = ${ours} AND ID <> CONNECTION_ID())`,
    `SELECT role, host FROM ${dialect.memberships} m WHERE user = ${name}`,
  ];
}

/** `connection` as the audit plugin's log tells it: address and thread id. */
export function originOf(id: number, host: string): OpenSession {
  const address = host.replace(/:\d+$/, "");
  return { connection: `${address}#${id}`, address };
}

/** The answers to lookStatements. */
export function lookIn([accounts = [], processes = [], memberships = []]: readonly Row[][]): Look {
  const ids = (kind: string) => processes.filter((row) => row.kind === kind).map((row) => Number(row.id));
  return {
    accounts: accounts.map((row) => ({
      user: row.user,
      host: row.host,
      marked: Number(row.marked) === 1,
      number: String(row.number),
      locked: Number(row.locked) === 1,
    })),
    sessions: ids("session"),
    origins: new Map(processes.map(({ id, host }) => [Number(id), originOf(Number(id), `${host}`)])),
    admins: ids("admin"),
    starting: ids("starting"),
    memberships: memberships.map((row) => ({ role: row.role, host: row.host })),
  };
}

export async function look(dialect: Dialect, connection: MysqlConnection, user: KnownUser): Promise<Look> {
  return lookIn(await message(connection, lookStatements(dialect, user)));
}

/** The accounts that a revoke ends: exact name and the mark of this very grant. */
export function ours(user: KnownUser, seen: Look): readonly Account[] {
  return seen.accounts.filter((account) => account.user === user.username && account.marked);
}

/** Where dblease makes its account there is somebody else's. One at another host is none of ours, and only named. */
export function isForeign(user: KnownUser, seen: Look): boolean {
  return seen.accounts.some(
    ({ user: name, host, marked }) => name === user.username && host === "%" && !marked,
  );
}

/** The sessions, with where they come from. */
export function originsOf({ sessions, origins }: Look): OpenSession[] {
  return sessions.flatMap((id) => origins.get(id) ?? []);
}
