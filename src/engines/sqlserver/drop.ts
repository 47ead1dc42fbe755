import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import type { KnownUser } from "../engine.ts";
import { loggedIn, noSuchPrincipal, refusalOf, repeatOn } from "./errors.ts";
import { ifOurLogin } from "./guard.ts";
import type { Holdings } from "./holdings.ts";
import { ours } from "./look.ts";
import { theirName } from "./quote.ts";
import type { Reading } from "./reading.ts";
import { ifOurs } from "./strip.ts";
import { message } from "./use.ts";

/**
 * The users of every database before the login: a user without its login is an orphan that nobody finds by name. Each
 * statement commits by itself, so that a DROP LOGIN that fails brings no user back.
 */
export function dropStatements(
  user: KnownUser,
  holdings: readonly Pick<Holdings, "database" | "users">[],
  name = user.username,
): string[] {
  return [
    ...holdings.flatMap(({ database, users }) =>
      users
        .filter(({ marked }) => marked)
        .flatMap(({ name }) => [
          `USE ${theirName(database)}`,
          ifOurs(user, name, `DROP USER ${theirName(name)}`),
        ]),
    ),
    "USE [master]",
    ifOurLogin(user, name, `DROP LOGIN ${theirName(name)}`),
  ];
}

export interface Dropped {
  /** There was something, and it is gone. */
  dropped: boolean;
  /** Number with which the server refused: the user owns something, or the admin may not. The login stays, fenced. */
  refusal?: number;
}

/** Throws where somebody has logged in meanwhile. */
export async function drop(
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Reading,
): Promise<Dropped> {
  const hasUser = seen.holdings.some(({ users }) => users.some(({ marked }) => marked));
  const login = ours(seen);
  if (!hasUser && !login) return { dropped: false };
  const statements = dropStatements(user, seen.holdings, login?.name);
  try {
    // Another revoke may drop the user between the condition and the DROP.
    await repeatOn([noSuchPrincipal], () => message(connection, statements));
    return { dropped: true };
  } catch (error) {
    return { dropped: false, refusal: refusalOf(error, [loggedIn]) };
  }
}
