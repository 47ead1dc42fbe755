import { checkScramSha256 } from "../../verifiers/check-scram-sha-256.ts";
import type { KnownUser } from "../engine.ts";
import { endSessions } from "./end-sessions.ts";
import { alterLive } from "./extend.ts";
import { literal } from "./quote.ts";
import { engineError } from "./sqlstates.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/**
 * Stores the new verifier, then tells every session to end: those on the writer, and on each other member. A
 * session that was opened with the new verifier within this moment ends too; its owner opens another.
 */
export async function changePassword(door: PostgresDoor, user: KnownUser, verifier: string): Promise<void> {
  checkScramSha256(verifier);
  const known = user.userOid === undefined ? [] : [user.userOid];
  try {
    await use(door, {}, async (connection) => {
      await alterLive(connection, user, `PASSWORD ${literal(verifier)}`);
      await message(connection, [endSessions(user, known)]);
    });
    for (const member of door.members.slice(1)) {
      await use(door, { member }, (connection) => message(connection, [endSessions(user, known)]));
    }
  } catch (error) {
    throw engineError(error, user.username);
  }
}
