/**
 * What a read replica keeps for itself. Logins, server roles and jobs that were there when it was made came along; no later
 * change of them follows, and the user of a grant may have been among them ("Synchronizing database users and objects with
 * a SQL Server read replica", Amazon RDS). Its other databases follow the writer and cannot be changed.
 */
import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Silence } from "../quieten.ts";
import { drop } from "./drop.ts";
import { endSessions, untilQuiet } from "./end-sessions.ts";
import { foreignUserError, loggedIn, repeatOn } from "./errors.ts";
import { fence } from "./fence.ts";
import { isForeign, type Look, look, originsOf } from "./look.ts";
import { type Reading, read } from "./reading.ts";
import { strip } from "./strip.ts";

function ownDatabases({ databases }: Look): string[] {
  return databases.filter((it) => it === "master" || it === "msdb");
}

/** All that the replica itself knows of a user. */
export async function readReplica(connection: SqlserverConnection, user: KnownUser): Promise<Reading> {
  return read(connection, user, ownDatabases(await look(connection, user)));
}

/** Fences the login, ends its sessions and drops it; what the server refuses is read later. Throws FOREIGN_USER. */
export function endOnReplica(connection: SqlserverConnection, user: KnownUser): Promise<Silence> {
  let ended: readonly OpenSession[] = [];
  return repeatOn([loggedIn], async () => {
    const seen = await look(connection, user);
    if (isForeign(user, seen)) throw foreignUserError(user.username);
    await endSessions(connection, [...seen.sessions, ...seen.admins]);
    const fenced = await fence(connection, user, seen, ownDatabases(seen));
    const stripped = await strip(connection, user, fenced);
    const silence = await untilQuiet(connection, user, stripped);
    ended = eachOnce(ended, originsOf(seen), silence.ended);
    if (silence.quiet) await drop(connection, user, stripped);
    return { ended, quiet: silence.quiet };
  });
}
