import { setTimeout as pause } from "node:timers/promises";
import type { PostgresConnection } from "../../connect/postgres.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { endOtherAdmins } from "./admins.ts";
import { block } from "./guard.ts";
import { type Reading, read } from "./reading.ts";
import { endAndTell, sessionsIn } from "./session-columns.ts";
import { them } from "./them.ts";
import { message } from "./use.ts";

/** 100 rounds of up to 100 ms: a backend that has not ended by then is reported, not waited for. */
const rounds = 100;

/** Tells every session of the user to end; NOLOGIN and DROP ROLE leave open sessions alone. Result: which. */
export function endSessions(user: KnownUser, oids: readonly string[]): string {
  return `SELECT ${endAndTell} FROM pg_catalog.pg_stat_activity WHERE usesysid IN ${them(user, oids)}`;
}

/** What is known of one server process after everybody was told to go. */
export interface Silence {
  reading: Reading;
  ended: readonly OpenSession[];
  /** No session, no admin connection, the fence is here, and no login is under way that may have begun before it. */
  quiet: boolean;
  /** Logins that began before the fence and have not finished. */
  slow: readonly number[];
}

/** Rounds of patience with a slow login: anybody's takes milliseconds, unless it is slow on purpose. */
const patience = 20;

/**
 * Reads until the user is fenced here and has no session, and ends what it still finds. Each reading is a
 * transaction of its own: inside one, pg_stat_activity stands still (manual, "Viewing Statistics").
 *
 * A login that passed the check of its role before the fence is seen by nobody until it has finished, and a client
 * can make that last for half an hour (post_auth_delay). So every login that is under way when the fence is first
 * seen here has to finish or end before anything counts as proved.
 */
export async function untilQuiet(
  connection: PostgresConnection,
  user: KnownUser,
  oids: readonly string[],
): Promise<Silence> {
  let reading = await read(connection, user, oids);
  let slow = slowLogins(reading);
  let ended: readonly OpenSession[] = [];
  const quiet = () => isQuiet(reading) && slow?.length === 0;
  for (let round = 0; round < rounds && !quiet(); round++) {
    if (round > 0) await pause(Math.min(10 * round, 100));
    // Before the fence has arrived on a replica, whoever is thrown out comes back; after it, nobody does.
    const late = round < patience ? [] : (slow ?? []);
    const [told = []] = await message(connection, [
      endSessions(user, oids),
      endOtherAdmins(user),
      ...late.map(endSlowLogin),
    ]);
    ended = eachOnce(ended, sessionsIn(told));
    reading = await read(connection, user, oids);
    slow = slow?.filter((pid) => reading.starting.includes(pid)) ?? slowLogins(reading);
  }
  return { reading, ended, quiet: quiet(), slow: slow ?? [] };
}

/** Undefined while the fence is not here: a login may pass the check until it is. */
function slowLogins(reading: Reading): readonly number[] | undefined {
  return reading.canLogin ? undefined : reading.starting;
}

/** It ends before it serves its first statement. The server's own are not ours to end. */
function endSlowLogin(pid: number): string {
  return block(`BEGIN
  PERFORM pg_catalog.pg_terminate_backend(${Number(pid)});
EXCEPTION WHEN insufficient_privilege THEN NULL;
END`);
}

function isQuiet(reading: Reading): boolean {
  return reading.pids.length === 0 && reading.admins === 0 && !reading.canLogin;
}
