import type { MysqlConnection } from "../../connect/mysql.ts";
import { eachOnce, type Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { quieten } from "../quieten.ts";
import { type Pass, revokePasses } from "../revoke-passes.ts";
import type { Dialect } from "./dialect.ts";
import { drop } from "./drop.ts";
import { endThreads, untilQuiet } from "./end-sessions.ts";
import { accountGone, engineError, foreignUserError, repeatOn } from "./errors.ts";
import { fence } from "./fence.ts";
import { isForeign, look, originsOf, ours } from "./look.ts";
import { readBack } from "./read-back.ts";
import { read, untilCommitted } from "./reading.ts";
import { slowLoginResidue } from "./residue.ts";
import { type MysqlDoor, use } from "./use.ts";

/**
 * Look, fence, end sessions, drop, read back: four round trips after the login where nothing is left and nobody is
 * connected. Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, UNAVAILABLE and what a login throws.
 */
export async function revoke(
  dialect: Dialect,
  door: MysqlDoor,
  user: KnownUser,
  clock: () => Date,
): Promise<Receipt> {
  try {
    return await use(door, { purpose: "revoke" }, async (connection) => {
      // Another revoke may drop the account between our look and our ALTER: then it is gone, which the repetition sees.
      const once = () => repeatOn(accountGone, () => revokeOnce(dialect, door, connection, user, clock));
      return revokePasses(once);
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}

async function revokeOnce(
  dialect: Dialect,
  door: MysqlDoor,
  connection: MysqlConnection,
  user: KnownUser,
  clock: () => Date,
): Promise<Pass> {
  const seen = await look(dialect, connection, user);
  if (isForeign(user, seen)) throw foreignUserError(user.username);
  // Before the fence, which somebody's lock could hold up, and again after it.
  await endThreads(connection, [...seen.sessions, ...seen.admins]);
  const fenced = await fence(dialect, connection, user, seen);
  const fencedAt = clock().toISOString();
  const quiet = await quieten(
    door,
    () => untilQuiet(dialect, connection, user, fenced),
    (there) => untilQuiet(dialect, there, user),
  );
  const last = await untilCommitted(dialect, connection, user, fenced);
  const finished = quiet.everywhere && last.definers.length + last.prepared.length === 0;
  const dropped = finished && (await drop(dialect, connection, user, last));
  const droppedAt = dropped ? { droppedAt: clock().toISOString() } : {};
  const end = { ...(await read(dialect, connection, user)), prepared: last.prepared };
  const found = await readBack(dialect, door, user, end, clock);
  const ended = [...eachOnce(originsOf(seen), quiet.writer.ended), ...quiet.elsewhere];
  const slow = quiet.members.flatMap((it, index) =>
    (it?.slow ?? []).map((id) => slowLoginResidue(id, door.members[index]?.id ?? door.database)),
  );
  return {
    cameBack: finished && ours(user, end).length + end.sessions.length > 0,
    receipt: {
      username: user.username,
      ...(last.number === undefined ? {} : { userOid: last.number }),
      fencedAt,
      ...droppedAt,
      sessionsEnded: ended.length,
      ended,
      moved: [],
      ...found,
      residue: [...slow, ...found.residue],
    },
  };
}
