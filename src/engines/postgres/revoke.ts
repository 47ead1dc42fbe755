import type { PostgresConnection } from "../../connect/postgres.ts";
import { eachOnce, type MovedObject, type Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { revokePasses } from "../revoke-passes.ts";
import { drop } from "./drop.ts";
import { fence } from "./fence.ts";
import { type Quiet, quieten } from "./quieten.ts";
import { databasesOf, readBack } from "./read-back.ts";
import { leaveToPerson, settle } from "./settle.ts";
import { engineError } from "./sqlstates.ts";
import { type PostgresDoor, use } from "./use.ts";

/**
 * Fence, end sessions, move what is owned, drop, read back: four round trips after the login where nothing is
 * owned and nobody is connected. Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, UNAVAILABLE and what a login throws.
 */
export async function revoke(door: PostgresDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  try {
    return await use(door, { purpose: "revoke" }, async (connection) => {
      return revokePasses(async () => {
        const receipt = await revokeOnce(door, connection, user, clock);
        return { receipt, cameBack: cameBack(receipt) };
      });
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}

async function revokeOnce(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  clock: () => Date,
): Promise<Receipt> {
  const fenced = await fence(connection, user);
  const fencedAt = clock().toISOString();
  const quiet = await quieten(door, connection, user, fenced.oids);
  const ended = [...eachOnce(fenced.ended, quiet.ended.onWriter), ...quiet.ended.elsewhere];
  const end = await endUser(door, connection, user, quiet);
  const droppedAt = end.dropped ? { droppedAt: clock().toISOString() } : {};
  const [userOid] = fenced.oids;
  const found = await readBack(door, connection, user, fenced.oids, clock);
  return {
    username: user.username,
    ...(userOid === undefined ? {} : { userOid }),
    fencedAt,
    ...droppedAt,
    sessionsEnded: ended.length,
    ended,
    moved: end.moved,
    ...found,
    residue: [...quiet.residue, ...found.residue],
  };
}

/** Drops the user unless somebody may still be inside, a person has to decide, or it is gone already. */
async function endUser(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  { everywhere, reading }: Quiet,
): Promise<{ dropped: boolean; moved: readonly MovedObject[] }> {
  if (!everywhere || reading.userOid === undefined) return { dropped: false, moved: [] };
  // What a prepared transaction holds is neither here nor there: nobody but a person can say commit or roll back.
  const { ready, moved } =
    reading.prepared.length > 0
      ? await leaveToPerson(connection, user, [])
      : await settle(door, connection, user, reading.userOid, databasesOf(door, reading));
  return { dropped: ready && (await drop(connection, user)), moved };
}

function cameBack(receipt: Receipt): boolean {
  return receipt.droppedAt !== undefined && receipt.users + receipt.sessions > 0;
}
