import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { accountGone, errnoOf, noSuchEvent, repeatOn } from "./errors.ts";
import { refuseForeign } from "./guard.ts";
import { lookIn, lookStatements, ours } from "./look.ts";
import { message } from "./use.ts";

/**
 * Runs a statement about a user that may log in; makes none and unlocks none (dangers 6).
 * Throws NOT_FOUND where the user is gone or fenced.
 */
export async function alterLive(
  dialect: Dialect,
  connection: MysqlConnection,
  user: KnownUser,
  statement: string,
): Promise<void> {
  const guard = refuseForeign(dialect, user);
  const [, ...answers] = await message(connection, [guard, ...lookStatements(dialect, user)]);
  if (!ours(user, lookIn(answers)).some(({ locked }) => !locked)) throw notLive(user);
  try {
    await repeatOn([], () => message(connection, [guard, statement]));
  } catch (error) {
    throw [noSuchEvent, ...accountGone].includes(errnoOf(error)) ? notLive(user) : error;
  }
}

function notLive(user: KnownUser): DbleaseError {
  return new DbleaseError("NOT_FOUND", `${user.username} is not a live database user`, {
    next: `dblease show ${user.marker.grantId}`,
  });
}
