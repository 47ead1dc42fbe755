import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { eachOnce, type MovedObject, type Receipt } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { quieten } from "../quieten.ts";
import { type Pass, revokePasses } from "../revoke-passes.ts";
import { type Dropped, drop } from "./drop.ts";
import { endSessions, untilQuiet } from "./end-sessions.ts";
import { engineError, foreignUserError, loggedIn, noSuchPrincipal, refusalOf, repeatOn } from "./errors.ts";
import { fence } from "./fence.ts";
import { isForeign, look, originsOf, ours } from "./look.ts";
import { move } from "./move.ts";
import { readBack } from "./read-back.ts";
import { type Reading, read } from "./reading.ts";
import { endOnReplica } from "./replica.ts";
import { blockers, refusedResidue } from "./residue.ts";
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
      const once = () => {
        // A repetition finds nothing any more of what an attempt before it has moved.
        const moved: MovedObject[] = [];
        return repeatOn([noSuchPrincipal, loggedIn], () => revokeOnce(door, connection, user, clock, moved));
      };
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
  moved: MovedObject[],
): Promise<Pass> {
  const seen = await look(connection, user);
  if (isForeign(user, seen)) throw foreignUserError(user.username);
  // Before the fence, which somebody's lock could hold up, and again after it.
  await endSessions(connection, [...seen.sessions, ...seen.admins]);
  const fenced = await fence(connection, user, seen);
  const fencedAt = clock().toISOString();
  const closed = mustBeStripped(door, fenced) ? await strip(connection, user, fenced) : fenced;
  const quiet = await quieten(
    door,
    () => untilQuiet(connection, user, closed),
    (there) => endOnReplica(there, user),
  );
  // Until its end a session could go on making things.
  const last =
    quiet.writer.ended.length === 0
      ? closed
      : await strip(connection, user, await read(connection, user, closed.databases));
  const finished = quiet.everywhere && canFinish(last);
  const { dropped, refusal } = finished
    ? await moveAndDrop(connection, user, last, moved)
    : { dropped: false };
  const end = await read(connection, user, last.databases);
  const found = await readBack(door, user, end, clock);
  const ended = [...eachOnce(originsOf(seen), quiet.writer.ended), ...quiet.elsewhere];
  return {
    cameBack: finished && refusal === undefined && (ours(end) !== undefined || end.sessions.length > 0),
    receipt: {
      username: user.username,
      ...(last.id === undefined ? {} : { userOid: last.id }),
      fencedAt,
      ...(dropped ? { droppedAt: clock().toISOString() } : {}),
      sessionsEnded: ended.length,
      ended,
      moved,
      ...found,
      residue: [
        ...found.residue,
        ...(refusal !== undefined && found.users > 0 ? [refusedResidue(refusal, door.database)] : []),
      ],
    },
  };
}

/** Nothing that runs, no role, no job, no database and nothing that it gave or denied is left for a person to look at. */
function canFinish({ jobs, ownedDatabases, serverThings, holdings }: Reading): boolean {
  const ofServer = jobs.length + ownedDatabases.length + serverThings.length;
  const ofOthers = holdings.flatMap(({ given }) => [...given.permissions, ...given.denials]);
  return ofServer + ofOthers.length === 0 && holdings.every((it) => blockers(it).length === 0);
}

/**
 * DROP USER and DROP LOGIN take roles and permissions along; where they may have to wait, or where a permission was
 * passed on, these are taken back first.
 */
function mustBeStripped(door: SqlserverDoor, seen: Reading): boolean {
  const held = seen.holdings.some(
    ({ permissions, owned, given }) => permissions.length + owned.length + given.permissions.length > 0,
  );
  const busy = seen.sessions.length + seen.admins.length > 0 || door.members.length > 1;
  return held || busy || !canFinish(seen) || seen.serverPermissions.length + seen.serverRoles.length > 0;
}

/** `moved`: takes what is moved, whatever comes after it. What cannot be moved keeps the user from being dropped. */
async function moveAndDrop(
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Reading,
  moved: MovedObject[],
): Promise<Dropped> {
  try {
    for (const it of seen.holdings) {
      if (it.owned.length === 0) continue;
      moved.push(...(await repeatOn([noSuchPrincipal], () => move(connection, user, it))));
    }
  } catch (error) {
    return { dropped: false, refusal: refusalOf(error) };
  }
  return drop(connection, user, seen);
}
