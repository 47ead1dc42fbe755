import type { OracleConnection } from "../../connect/oracle.ts";
import type { Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { quieten } from "../quieten.ts";
import { type Pass, revokePasses } from "../revoke-passes.ts";
import { drop } from "./drop.ts";
import { endSessions, untilQuiet } from "./end-sessions.ts";
import { engineError, isHeldUp, repeatOvertaken } from "./errors.ts";
import { fence } from "./fence.ts";
import { ownName } from "./quote.ts";
import { readBack } from "./read-back.ts";
import { ours, read } from "./reading.ts";
import { type OracleDoor, use } from "./use.ts";

/**
 * Fence, read, drop, read back: four round trips after the login where nothing is left and nobody is connected. Whoever
 * owns anything is not dropped. Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, UNAVAILABLE and what a login throws.
 */
export async function revoke(door: OracleDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  try {
    return await use(door, { purpose: "revoke" }, async (connection) => {
      const once = () => repeatOvertaken(() => revokeOnce(door, connection, user, clock));
      return revokePasses(once);
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}

async function revokeOnce(
  door: OracleDoor,
  connection: OracleConnection,
  user: KnownUser,
  clock: () => Date,
): Promise<Pass> {
  await fenceAgainstLocks(connection, user);
  const fencedAt = clock().toISOString();
  const quiet = await quieten(
    door,
    () => untilQuiet(connection, user, () => fence(connection, user)),
    (there) => untilQuiet(there, user),
  );
  const { last } = quiet.writer;
  const finished = quiet.everywhere && last.objects.length + last.prepared.length === 0;
  const dropped = finished ? await drop(connection, user) : "held";
  const droppedAt = dropped === "now" ? { droppedAt: clock().toISOString() } : {};
  const end = await read(connection, user);
  const name = ownName(user.username);
  const ended = [...quiet.writer.ended, ...quiet.elsewhere];
  const userOid = ours(name, last)[0]?.id ?? user.userOid;
  return {
    cameBack: finished && ours(name, end).length + end.sessions.length > 0,
    receipt: {
      username: user.username,
      ...(userOid === undefined ? {} : { userOid }),
      fencedAt,
      ...droppedAt,
      sessionsEnded: ended.length,
      ended,
      moved: [],
      ...(await readBack(door, user, end, clock)),
    },
  };
}

/** Somebody's lock on the user ends with the session that has it: a grant that hangs, or the user's own. */
async function fenceAgainstLocks(connection: OracleConnection, user: KnownUser): Promise<void> {
  try {
    await fence(connection, user);
  } catch (error) {
    if (!isHeldUp(error)) throw error;
    const { sessions } = await read(connection, user);
    await endSessions(connection, sessions);
    await fence(connection, user);
  }
}
