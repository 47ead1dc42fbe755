import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { eachOnce, type MovedObject, type OpenSession, type Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { type Pass, revokePasses } from "../revoke-passes.ts";
import { drop } from "./drop.ts";
import { endSessions, type Silence, untilQuiet } from "./end-sessions.ts";
import { engineError, foreignUserError, loggedIn, noSuchPrincipal, repeatOn } from "./errors.ts";
import { fence } from "./fence.ts";
import { isForeign, look, originsOf, ours } from "./look.ts";
import { move } from "./move.ts";
import { readBack } from "./read-back.ts";
import { type Reading, read } from "./reading.ts";
import { blockers } from "./residue.ts";
import { strip } from "./strip.ts";
import { type SqlserverDoor, use } from "./use.ts";

/**
 * Look, fence, end sessions, drop, read back, over one connection and in no transaction: KILL is not allowed in one, and
 * a DROP LOGIN that fails would bring the dropped users back. Four round trips after the login where nothing is left and
 * nobody is connected. Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, UNAVAILABLE and what a login throws.
 */
export async function revoke(door: SqlserverDoor, user: KnownUser, clock: () => Date): Promise<Receipt> {
  if (user.userOid !== undefined && !/^[0-9]{1,16}$/.test(user.userOid)) {
    throw new RangeError("the number of a login has digits only");
  }
  try {
    return await use(door, { purpose: "revoke" }, async (connection) => {
      // Another revoke may drop the user between our look and our ALTER, and somebody may log in before the fence: both
      // are seen by the repetition.
      const once = () =>
        repeatOn([noSuchPrincipal, loggedIn], () => revokeOnce(door, connection, user, clock));
      return revokePasses(once);
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}

async function revokeOnce(
  door: SqlserverDoor,
  connection: SqlserverConnection,
  user: KnownUser,
  clock: () => Date,
): Promise<Pass> {
  const seen = await look(connection, user);
  if (isForeign(user, seen)) throw foreignUserError(user.username);
  // Before the fence, which somebody's lock could hold up, and again after it.
  await endSessions(connection, [...seen.sessions, ...seen.admins]);
  let last = await fence(connection, user, seen);
  const fencedAt = clock().toISOString();
  if (mustBeStripped(door, last)) last = await strip(connection, user, last);
  const quiet = await quieten(door, connection, user, last);
  const finished = quiet.everywhere && canFinish(last);
  const moved = finished ? await moveAll(connection, user, last) : [];
  const dropped = finished && (await drop(connection, user, last));
  const end = await read(connection, user, last.databases);
  const found = await readBack(door, user, end, clock);
  const ended = [...eachOnce(originsOf(seen), quiet.onWriter), ...quiet.elsewhere];
  return {
    cameBack: finished && (ours(end) !== undefined || end.sessions.length > 0),
    receipt: {
      username: user.username,
      ...(last.id === undefined ? {} : { userOid: last.id }),
      fencedAt,
      ...(dropped ? { droppedAt: clock().toISOString() } : {}),
      sessionsEnded: ended.length,
      ended,
      moved,
      ...found,
    },
  };
}

/** Nothing that runs, no role, no job and no database is left for a person to look at. */
function canFinish({ jobs, ownedDatabases, holdings }: Reading): boolean {
  return jobs.length + ownedDatabases.length === 0 && holdings.every((it) => blockers(it).length === 0);
}

/**
 * DROP USER and DROP LOGIN take roles and permissions along; where they may have to wait, or where a permission was
 * passed on, these are taken back first.
 */
function mustBeStripped(door: SqlserverDoor, seen: Reading): boolean {
  const held = seen.holdings.some(({ permissions, owned }) => permissions.length + owned.length > 0);
  const busy = seen.sessions.length + seen.admins.length > 0 || door.members.length > 1;
  return held || busy || !canFinish(seen) || seen.serverPermissions.length + seen.serverRoles.length > 0;
}

async function moveAll(
  connection: SqlserverConnection,
  user: KnownUser,
  { holdings }: Reading,
): Promise<MovedObject[]> {
  const moved: MovedObject[] = [];
  for (const it of holdings) if (it.owned.length > 0) moved.push(...(await move(connection, user, it)));
  return moved;
}

interface Quiet {
  /** Every member has no session of the user, and knows of the fence. */
  everywhere: boolean;
  onWriter: readonly OpenSession[];
  elsewhere: readonly OpenSession[];
}

/** Ends the user's sessions on the writer and on every other member, and says whether all of them are silent. */
async function quieten(
  door: SqlserverDoor,
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Reading,
): Promise<Quiet> {
  const writer = await untilQuiet(connection, user, seen);
  const others = await Promise.all(
    door.members
      .slice(1)
      .map((member) =>
        use(door, { member, purpose: "revoke" }, (there) => untilQuiet(there, user)).catch(
          (): Silence | undefined => undefined,
        ),
      ),
  );
  return {
    everywhere: [writer, ...others].every((answer) => answer?.quiet),
    onWriter: writer.ended,
    elsewhere: others.flatMap((answer) => answer?.ended ?? []),
  };
}
