import { setTimeout as pause } from "node:timers/promises";
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { KnownUser } from "../engine.ts";
import { endOtherAdmins } from "./admins.ts";
import { type Reading, read } from "./reading.ts";
import { them } from "./them.ts";
import { message } from "./use.ts";

/** 100 rounds of up to 100 ms: a backend that has not ended by then is reported, not waited for. */
const rounds = 100;

/** Tells every session of the user to end; NOLOGIN and DROP ROLE leave open sessions alone. Result: how many. */
export function endSessions(user: KnownUser, oids: readonly string[]): string {
  return `SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(pid)) AS ended FROM pg_catalog.pg_stat_activity
    WHERE usesysid IN ${them(user, oids)}`;
}

/**
 * Reads until the user is fenced here and has no session, and ends what it still finds. Each reading is a
 * transaction of its own: inside one, pg_stat_activity stands still (manual, "Viewing Statistics").
 */
export async function untilQuiet(
  connection: PostgresConnection,
  user: KnownUser,
  oids: readonly string[],
): Promise<{ reading: Reading; ended: number }> {
  let reading = await read(connection, user, oids);
  let ended = 0;
  for (let round = 0; round < rounds && !isQuiet(reading); round++) {
    if (round > 0) await pause(Math.min(10 * round, 100));
    // Before the fence has arrived on a replica, whoever is thrown out comes back; after it, nobody does.
    const [told = []] = await message(connection, [endSessions(user, oids), endOtherAdmins(user)]);
    ended = Math.max(ended, Number(told[0]?.ended));
    reading = await read(connection, user, oids);
  }
  return { reading, ended };
}

export function isQuiet(reading: Reading): boolean {
  return reading.pids.length === 0 && reading.admins === 0 && !reading.canLogin;
}
