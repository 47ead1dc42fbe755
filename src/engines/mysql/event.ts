/**
 * The event of a user: locks the account at its expiry by itself, where the event scheduler runs (dangers 16), and
 * carries marker and expiry in words. It stays after it has run, until the user is dropped.
 */
import type { Instant } from "../../grant.ts";
import type { NewUser } from "../engine.ts";
import { labelOf } from "./mark.ts";
import { instant, literal, ownAccount, ownName, theirName } from "./quote.ts";
import { dbleaseSchema } from "./standing.ts";

export function eventName(username: string): string {
  return `${theirName(dbleaseSchema)}.${ownName(username)}`;
}

export function createEvent(user: Omit<NewUser, "verifier">): string {
  return `CREATE EVENT IF NOT EXISTS ${eventName(user.username)} ON SCHEDULE AT ${instant(user.expiresAt, 0)}
    ON COMPLETION PRESERVE COMMENT ${literal(labelOf(user.marker))}
    DO ALTER USER IF EXISTS ${ownAccount(user.username)} ACCOUNT LOCK`;
}

/** Fails (1539) where there is no such event. Events know whole seconds: the lock may come that much earlier. */
export function moveEvent(username: string, expiresAt: Instant): string {
  return `ALTER EVENT ${eventName(username)} ON SCHEDULE AT ${instant(expiresAt, 0)} ON COMPLETION PRESERVE ENABLE`;
}

export function dropEvent(username: string): string {
  return `DROP EVENT IF EXISTS ${eventName(username)}`;
}
