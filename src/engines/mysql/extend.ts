import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { engineError } from "./errors.ts";
import { moveEvent } from "./event.ts";
import { alterLive } from "./live.ts";
import { type MysqlDoor, use } from "./use.ts";

/** Moves the event that locks the account. One that has run already has locked it: then the user is not live. */
export async function extend(
  dialect: Dialect,
  door: MysqlDoor,
  user: KnownUser,
  expiresAt: Instant,
): Promise<void> {
  const move = moveEvent(user.username, expiresAt);
  try {
    await use(door, {}, (connection) => alterLive(dialect, connection, user, move));
  } catch (error) {
    throw engineError(error, user.username);
  }
}
