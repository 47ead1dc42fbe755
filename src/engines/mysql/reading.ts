import { setTimeout as pause } from "node:timers/promises";
import type { MysqlConnection } from "../../connect/mysql.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { type Leftovers, leftoverStatements, leftoversIn } from "./leftovers.ts";
import { type Look, lookIn, lookStatements, ours } from "./look.ts";
import { message } from "./use.ts";

/** All that the writer says of a user, in one message. */
export interface Reading extends Look, Leftovers {
  /** Of the account, or as it was recorded when the account was made. */
  number?: string;
}

/** Runs `first` and reads what is then; one round trip. */
export async function read(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  first: readonly string[] = [],
): Promise<Reading> {
  const looking = lookStatements(dialect, user);
  const rest = leftoverStatements(dialect, user, user.userOid);
  const results = (await message(connection, [...first, ...looking, ...rest])).slice(first.length);
  const look = lookIn(results.slice(0, looking.length));
  const number = ours(user, look)[0]?.number ?? user.userOid;
  return {
    ...look,
    ...leftoversIn(results.slice(looking.length)),
    ...(number === undefined ? {} : { number }),
  };
}

/** 20 times 150 ms: an application's prepared transaction is committed by then, one that was left behind is not. */
const rounds = 20;

/**
 * Reads again while one of the prepared transactions that were listed first is still there; only these count. Whether one
 * has a session is believed of the later readings alone: the first may be from before the session ended.
 */
export async function untilCommitted(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  first: Reading,
): Promise<Reading> {
  let prepared = first.listed;
  let reading = first;
  for (let round = 0; round < rounds && prepared.length > 0; round++) {
    await pause(150);
    reading = await read(dialect, connection, user);
    const now = new Set(reading.prepared.map(({ xid }) => xid));
    prepared = prepared.filter(({ xid }) => now.has(xid));
  }
  return { ...reading, prepared };
}
