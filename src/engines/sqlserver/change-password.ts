import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { KnownUser } from "../engine.ts";
import { endSessions } from "./end-sessions.ts";
import { engineError, foreignUserError } from "./errors.ts";
import { refuseForeignLogin } from "./guard.ts";
import { alterLive } from "./live.ts";
import { isForeign, look, ours } from "./look.ts";
import { ownName } from "./quote.ts";
import { message, type SqlserverDoor, use } from "./use.ts";

/**
 * Stores the new hash, then tells every session to end, on the writer and on each other member: a replica that has the login
 * keeps a password of its own (replica.ts). A session that was opened with the new password within this moment ends too; its
 * owner opens another. Throws where a member could not be asked, after all others were.
 */
export async function changePassword(door: SqlserverDoor, user: KnownUser, verifier: string): Promise<void> {
  checkVerifier("sqlserver", verifier);
  const store = `ALTER LOGIN ${ownName(user.username)} WITH PASSWORD = ${verifier} HASHED`;
  const changeOnReplica = async (there: SqlserverConnection) => {
    const seen = await look(there, user);
    if (isForeign(user, seen)) throw foreignUserError(user.username);
    if (ours(seen)) await message(there, [refuseForeignLogin(user), store]);
    await endSessions(there, (await look(there, user)).sessions);
  };
  try {
    await use(door, {}, async (connection) => {
      await alterLive(connection, user, [store]);
      await endSessions(connection, (await look(connection, user)).sessions);
    });
    const others = door.members.slice(1).map((member) => use(door, { member }, changeOnReplica));
    const failed = (await Promise.allSettled(others)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } catch (error) {
    throw engineError(error, user.username);
  }
}
