import type { OracleConnection } from "../../connect/oracle.ts";
import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { KnownUser } from "../engine.ts";
import * as block from "./block.ts";
import { endSessions } from "./end-sessions.ts";
import { engineError, repeatOvertaken } from "./errors.ts";
import { whose } from "./mark.ts";
import { read } from "./reading.ts";
import { type OracleDoor, use } from "./use.ts";

const storePassword = `DECLARE
  found NUMBER;
BEGIN
  ${block.refuseForeign}
  ${block.refuseUnlessLive}
  EXECUTE IMMEDIATE 'ALTER USER ' || ${block.user} || ' IDENTIFIED BY ' || ${block.password};
END;`;

/**
 * Stores the new password, then tells every session to end, on the writer and on each other member. A session that was
 * opened with the new password within this moment ends too; its owner opens another.
 */
export async function changePassword(door: OracleDoor, user: KnownUser, password: string): Promise<void> {
  checkVerifier("oracle", password);
  const binds = { ...whose(user), password };
  const endAll = async (connection: OracleConnection) => {
    const { sessions } = await read(connection, user);
    await endSessions(
      connection,
      sessions.filter(({ kind }) => kind === "session"),
    );
  };
  try {
    await use(door, {}, async (connection) => {
      await repeatOvertaken(() => connection.query(storePassword, binds));
      await endAll(connection);
    });
    for (const member of door.members.slice(1)) await use(door, { member }, endAll);
  } catch (error) {
    throw engineError(error, user.username);
  }
}
