/** Ends sessions until there is none: locking and dropping an account leaves them open (both servers). */
import { setTimeout as pause } from "node:timers/promises";
import type { MysqlConnection } from "../../connect/mysql.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Silence } from "../quieten.ts";
import type { Dialect } from "./dialect.ts";
import { errnoOf, noExecute, noSuchProcedure, noSuchThread } from "./errors.ts";
import { type Look, look, originsOf } from "./look.ts";
import { message } from "./use.ts";

/** Twelve seconds: longer than a server waits for a login by default (connect_timeout). What is left is reported. */
const rounds = 125;
/** Rounds of patience with a slow login: anybody's takes milliseconds, unless it is slow on purpose. */
const patience = 20;

/** Threads that end while we look are no failure. */
async function attempt(
  connection: MysqlConnection,
  statement: string,
  instead: readonly number[],
): Promise<boolean> {
  try {
    await message(connection, [statement]);
    return true;
  } catch (error) {
    const number = errnoOf(error);
    if (number === noSuchThread) return true;
    if (instead.includes(number)) return false;
    throw error;
  }
}

/** Tells these threads to end: by RDS's procedure, whose owner may; elsewhere by the admin's own right. */
export async function endThreads(connection: MysqlConnection, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const done = await attempt(connection, `CALL mysql.rds_kill(${Number(id)})`, [
      noSuchProcedure,
      noExecute,
    ]);
    if (!done) await attempt(connection, `KILL ${Number(id)}`, []);
  }
}

/** Quiet: no session, no admin connection, the fence is here, and no login is under way that may have begun before it. */
interface ThreadSilence extends Silence {
  /** Logins that began before the fence and have not finished. */
  slow: readonly number[];
}

/**
 * Looks until the user is locked here and has no session, and ends what it still finds.
 *
 * A login that has named its user before the lock is asked for the password afterwards, with the account as it was
 * then: it comes in, even when the account is dropped meanwhile, and until then nobody can see whose it is. So every
 * login that is under way when the lock is first seen here has to finish or end before anything counts as proved.
 *
 * @param first what was seen last; absent: nothing yet.
 */
export async function untilQuiet(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  first?: Look,
): Promise<ThreadSilence> {
  let seen = first ?? (await look(dialect, connection, user));
  let slow = slowLogins(user, seen);
  let ended: readonly OpenSession[] = [];
  const quiet = () => seen.sessions.length + seen.admins.length === 0 && slow?.length === 0;
  for (let round = 0; round < rounds && !quiet(); round++) {
    if (round > 0) await pause(Math.min(10 * round, 100));
    // Before the lock has arrived on a replica, whoever is thrown out comes back; after it, nobody does.
    const late = round < patience ? [] : (slow ?? []);
    await endThreads(connection, [...seen.sessions, ...seen.admins]);
    // RDS's procedure fails for names of more than 16 characters, such as that of a login whose name is not known yet.
    await endThreads(connection, late).catch(() => {});
    ended = eachOnce(ended, originsOf(seen));
    seen = await look(dialect, connection, user);
    slow = slow?.filter((id) => seen.starting.includes(id)) ?? slowLogins(user, seen);
  }
  return { ended, quiet: quiet(), slow: slow ?? [] };
}

/** Undefined while an account of the user is open here: a login may pass the check until it is locked. */
function slowLogins(user: KnownUser, seen: Look): readonly number[] | undefined {
  const open = seen.accounts.some(
    (account) => account.user === user.username && account.marked && !account.locked,
  );
  return open ? undefined : seen.starting;
}
