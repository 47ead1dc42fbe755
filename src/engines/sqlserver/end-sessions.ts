/** Ends sessions until there is none: DISABLE and DROP LOGIN leave them open, and a session that rolls back takes its time. */
import { setTimeout as pause } from "node:timers/promises";
import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { numberOf } from "../../connect/sqlserver-errors.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import type { Silence } from "../quieten.ts";
import { noSuchSession } from "./errors.ts";
import { type Look, look, originsOf } from "./look.ts";
import { message } from "./use.ts";

/** Twelve seconds. What is left then is reported, and the next revoke waits again. */
const rounds = 125;

/** KILL takes a number and no more, and is not allowed in a transaction. One that ends meanwhile is no failure. */
export async function endSessions(connection: SqlserverConnection, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await message(connection, [`KILL ${Number(id)}`]).catch((error: unknown) => {
      if (!noSuchSession.includes(numberOf(error))) throw error;
    });
  }
}

/**
 * Looks until there is no session, no admin session of the grant and no way in, and ends what it still finds. A login
 * sends user and password in one message, so none can have named its user before the fence and prove itself after it; one
 * that was just let in is seen by the next look.
 */
export async function untilQuiet(
  connection: SqlserverConnection,
  user: KnownUser,
  first?: Look,
): Promise<Silence> {
  let seen = first ?? (await look(connection, user));
  let ended: readonly OpenSession[] = [];
  const quiet = () =>
    seen.sessions.length + seen.admins.length === 0 &&
    seen.logins.every(({ marked, disabled }) => disabled || !marked);
  for (let round = 0; round < rounds && !quiet(); round++) {
    if (round > 0) await pause(Math.min(10 * round, 100));
    await endSessions(connection, [...seen.sessions, ...seen.admins]);
    ended = eachOnce(ended, originsOf(seen));
    seen = await look(connection, user);
  }
  return { ended, quiet: quiet() };
}
