import type { MysqlConnection } from "../../connect/mysql.ts";
import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { KnownUser } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { endThreads } from "./end-sessions.ts";
import { engineError } from "./errors.ts";
import { alterLive } from "./live.ts";
import { look } from "./look.ts";
import { ownAccount } from "./quote.ts";
import { type MysqlDoor, use } from "./use.ts";

/**
 * Stores the new verifier, then tells every session to end, on the writer and on each other member. A session that was
 * opened with the new verifier within this moment ends too; its owner opens another.
 */
export async function changePassword(
  dialect: Dialect,
  door: MysqlDoor,
  user: KnownUser,
  verifier: string,
): Promise<void> {
  checkVerifier(dialect.engine, verifier);
  const store = `ALTER USER ${ownAccount(user.username)} ${dialect.identifiedBy(verifier)}`;
  const endSessions = async (connection: MysqlConnection) => {
    const { sessions } = await look(dialect, connection, user);
    await endThreads(connection, sessions);
  };
  try {
    await use(door, {}, async (connection) => {
      await alterLive(dialect, connection, user, store);
      await endSessions(connection);
    });
    for (const member of door.members.slice(1)) await use(door, { member }, endSessions);
  } catch (error) {
    throw engineError(error, user.username);
  }
}
