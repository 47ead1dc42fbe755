import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import { engineError } from "./errors.ts";
import { writeNote } from "./grant.ts";
import { alterLive } from "./live.ts";
import { theirName } from "./quote.ts";
import { type SqlserverDoor, use } from "./use.ts";

/** SQL Server ends no access by itself; what moves is the expiry in the user's note. */
export async function extend(door: SqlserverDoor, user: KnownUser, expiresAt: Instant): Promise<void> {
  const note = [`USE ${theirName(door.database)}`, ...writeNote(user, expiresAt), "USE [master]"];
  try {
    await use(door, {}, (connection) => alterLive(connection, user, note));
  } catch (error) {
    throw engineError(error, user.username);
  }
}
