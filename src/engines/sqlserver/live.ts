import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { numberOf } from "../../connect/sqlserver-errors.ts";
import { DbleaseError } from "../../errors.ts";
import type { KnownUser } from "../engine.ts";
import { foreignUserError, noSuchPrincipal, repeatOn } from "./errors.ts";
import { refuseForeignLogin } from "./guard.ts";
import { isForeign, type Look, look, ours } from "./look.ts";
import { message } from "./use.ts";

/**
 * Runs statements about a login that may log in; makes none and enables none (dangers 6).
 * Throws NOT_FOUND where the login is gone or fenced.
 */
export async function alterLive(
  connection: SqlserverConnection,
  user: KnownUser,
  statements: readonly string[],
): Promise<Look> {
  const seen = await look(connection, user);
  if (isForeign(user, seen)) throw foreignUserError(user.username);
  if (ours(seen)?.disabled !== false) throw notLive(user);
  try {
    await repeatOn([], () => message(connection, [refuseForeignLogin(user), ...statements]));
    return seen;
  } catch (error) {
    throw numberOf(error) === noSuchPrincipal ? notLive(user) : error;
  }
}

function notLive(user: KnownUser): DbleaseError {
  return new DbleaseError("NOT_FOUND", `${user.username} is not a live login`, {
    next: `dblease show ${user.marker.grantId}`,
  });
}
