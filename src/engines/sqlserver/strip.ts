/** Takes back whatever a fenced login could still lend to somebody: roles, permissions, jobs that run as it. */
import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import type { KnownUser } from "../engine.ts";
import { refusalOf, repeatOn } from "./errors.ts";
import { attempt } from "./guard.ts";
import type { Holdings } from "./holdings.ts";
import { ours } from "./look.ts";
import { sidOf } from "./mark.ts";
import { literal, theirName } from "./quote.ts";
import { type Reading, read } from "./reading.ts";
import { message } from "./use.ts";

/** Holds the statement back where the user is another one by now. */
export function ifOurs(user: KnownUser, name: string, statement: string): string {
  return `IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${literal(name)} AND sid = ${sidOf(user.marker)}) ${statement}`;
}

function inDatabase(user: KnownUser, { users, roles, permissions, given }: Holdings): string[] {
  return [
    // First: the server asks whether the user may still give it.
    ...given.permissions.flatMap((it) =>
      it.revoke === undefined
        ? []
        : [
            ifOurs(
              user,
              it.user,
              `REVOKE ${it.revoke} FROM ${theirName(it.grantee)} CASCADE AS ${theirName(it.user)}`,
            ),
          ],
    ),
    ...roles.map((it) =>
      ifOurs(user, it.user, `ALTER ROLE ${theirName(it.role)} DROP MEMBER ${theirName(it.user)}`),
    ),
    ...permissions.flatMap((it) =>
      it.revoke === undefined
        ? []
        : [ifOurs(user, it.user, `REVOKE ${it.revoke} FROM ${theirName(it.user)} CASCADE`)],
    ),
    ...users
      .filter(({ marked }) => marked)
      .map(({ name }) => ifOurs(user, name, `REVOKE CONNECT FROM ${theirName(name)}`)),
  ];
}

/** One batch for each database that must be entered; jobs last, since only their owner or a sysadmin may change them (14525). */
function stripBatches(user: KnownUser, seen: Reading): string[][] {
  const login = theirName(ours(seen)?.name ?? user.username);
  const batches: [string, string[]][] = [
    [
      "master",
      [
        ...seen.serverRoles.map((role) => `ALTER SERVER ROLE ${theirName(role)} DROP MEMBER ${login}`),
        ...seen.serverPermissions.flatMap(({ revoke }) =>
          revoke === undefined ? [] : [`REVOKE ${revoke} FROM ${login} CASCADE`],
        ),
      ],
    ],
    ...seen.holdings.map((it): [string, string[]] => [it.database, inDatabase(user, it)]),
    [
      "master",
      seen.jobs
        .filter(({ enabled }) => enabled)
        .map(({ name }) => `EXEC msdb.dbo.sp_update_job @job_name = ${literal(name)}, @enabled = 0`),
    ],
  ];
  return batches
    .filter(([, statements]) => statements.length > 0)
    .map(([database, statements]) => [`USE ${theirName(database)}`, ...statements.map(attempt)]);
}

/**
 * Takes what can be taken. Whatever the server refuses (a database that is read-only, a job of somebody else, what another
 * revoke was faster with) holds up nothing else: what is left then is read, and is named in the receipt.
 */
export async function strip(
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Reading,
): Promise<Reading> {
  const batches = stripBatches(user, seen);
  if (batches.length === 0) return seen;
  for (const batch of batches) await repeatOn([], () => message(connection, batch)).catch(refusalOf);
  const databases = seen.holdings.map(({ database }) => database);
  return read(connection, user, databases, ["USE [master]"]);
}
