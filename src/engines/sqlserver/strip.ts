/** Takes back whatever a fenced login could still lend to somebody: roles, permissions, jobs that run as it. */
import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import type { KnownUser } from "../engine.ts";
import { noSuchPrincipal, repeatOn } from "./errors.ts";
import type { Holdings } from "./holdings.ts";
import { ours } from "./look.ts";
import { sidOf } from "./mark.ts";
import { literal, theirName } from "./quote.ts";
import { type Reading, read } from "./reading.ts";

/** Holds the statement back where the user is another one by now. */
export function ifOurs(user: KnownUser, name: string, statement: string): string {
  return `IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${literal(name)} AND sid = ${sidOf(user.marker)}) ${statement}`;
}

function inDatabase(user: KnownUser, { database, users, roles, permissions }: Holdings): string[] {
  const statements = [
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
  return statements.length === 0 ? [] : [`USE ${theirName(database)}`, ...statements];
}

function stripStatements(user: KnownUser, seen: Omit<Reading, "databases">): string[] {
  const login = theirName(ours(seen)?.name ?? user.username);
  return [
    ...seen.serverRoles.map((role) => `ALTER SERVER ROLE ${theirName(role)} DROP MEMBER ${login}`),
    ...seen.serverPermissions.map((permission) => `REVOKE ${permission} FROM ${login} CASCADE`),
    ...seen.jobs.map((job) => `EXEC msdb.dbo.sp_update_job @job_name = ${literal(job)}, @enabled = 0`),
    ...seen.holdings.flatMap((it) => inDatabase(user, it)),
    "USE [master]",
  ];
}

/** Another revoke may be faster: then the statement that fails is read away by the next look. */
export async function strip(
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Reading,
): Promise<Reading> {
  let now = seen;
  return repeatOn([noSuchPrincipal], async () => {
    const statements = stripStatements(user, now);
    now = await read(connection, user, seen.databases, statements);
    return now;
  });
}
