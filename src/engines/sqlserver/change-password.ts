import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { KnownUser } from "../engine.ts";
import { endSessions } from "./end-sessions.ts";
import { engineError } from "./errors.ts";
import { alterLive } from "./live.ts";
import { look } from "./look.ts";
import { ownName } from "./quote.ts";
import { type SqlserverDoor, use } from "./use.ts";

/**
 * Stores the new hash, then tells every session to end, on the writer and on each other member. A session that was opened
 * with the new password within this moment ends too; its owner opens another.
 */
export async function changePassword(door: SqlserverDoor, user: KnownUser, verifier: string): Promise<void> {
  checkVerifier("sqlserver", verifier);
  const store = `ALTER LOGIN ${ownName(user.username)} WITH PASSWORD = ${verifier} HASHED`;
  try {
    await use(door, {}, async (connection) => {
      await alterLive(connection, user, [store]);
      await endSessions(connection, (await look(connection, user)).sessions);
    });
    for (const member of door.members.slice(1)) {
      await use(door, { member }, async (there) => endSessions(there, (await look(there, user)).sessions));
    }
  } catch (error) {
    throw engineError(error, user.username);
  }
}
