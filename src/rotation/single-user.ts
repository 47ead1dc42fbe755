/**
 * One login with one password: the change comes as late as it can, between reading both versions and moving the label, so
 * that the application's password is wrong for one API call at most. The user changes its own password; the admin, if
 * there is one, steps in only where the server no longer knows the current one.
 */
import type { OnePasswordUsers } from "../engines/application-users.ts";
import { DbleaseError } from "../errors.ts";
import { hasAdmin } from "../has-admin.ts";
import type { Rotation } from "../rotation.ts";
import { loginOf, openUnlessRefused, prove, type RotationStep, type Run } from "./rotation-step.ts";
import { checkPending, isAtHome, readUserSecret, type UserSecret } from "./user-secret.ts";
import { nextUser } from "./users.ts";
import { currentVersion, makeCurrent, olderValues, pendingVersion } from "./versions.ts";

export type LateUsers<Connection> = Pick<OnePasswordUsers<Connection>, "changePassword" | "close">;

/** @returns what had to be healed. @throws PENDING_REFUSED, PASSWORD_REFUSED, ADMIN_LACKS_RIGHTS and what `open` throws. */
export async function finishSingleUser<Connection>(
  step: RotationStep<Connection, LateUsers<Connection>>,
  { rotation, run }: Run,
): Promise<string | undefined> {
  const { secret } = rotation;
  const { engine } = rotation.database;
  const found = await currentVersion(step.secrets, secret);
  const current = readUserSecret(found.text, engine);
  nextUser(rotation, current.username);
  if (found.versionId === run) {
    await prove(step, rotation, loginOf(current));
    return undefined;
  }
  const pending = readUserSecret(await pendingVersion(step.secrets, secret, run), engine);
  checkPending(pending, current, current.username);
  const healed = await change(step, { rotation, run }, { ...current, versionId: found.versionId }, pending);
  await makeCurrent(step.secrets, secret, found.versionId, run);
  await prove(step, rotation, loginOf(pending));
  return healed;
}

type CurrentSecret = UserSecret & { versionId: string };

/** @returns what had to be healed. */
async function change<Connection>(
  step: RotationStep<Connection, LateUsers<Connection>>,
  { rotation, run }: Run,
  current: CurrentSecret,
  pending: UserSecret,
): Promise<string | undefined> {
  const own = await openUnlessRefused(step, rotation, loginOf(current));
  if (own !== undefined && (await changed(step, rotation, own, pending))) return undefined;
  if (own === undefined) {
    const already = await openUnlessRefused(step, rotation, loginOf(pending));
    if (already !== undefined) {
      await step.users.close(already);
      return "the run had changed the password before and died";
    }
  }
  if (!hasAdmin(rotation.database)) return changeByOlder(step, { rotation, run }, current, pending);
  if (own === undefined && !isAtHome(current, rotation)) throw notAtHome(rotation);
  const admin = await step.openAdmin(rotation);
  await changeAndClose(step, admin, pending);
  return own === undefined
    ? "the server did not know the current password; the admin has set the new one"
    : "the user may not change its own password; the admin has";
}

/**
 * Without an admin: the password may be one that a version held which is neither current nor pending, as when a run has
 * changed it, died and was cancelled. @throws PASSWORD_REFUSED
 */
async function changeByOlder<Connection>(
  step: RotationStep<Connection, LateUsers<Connection>>,
  { rotation, run }: Run,
  current: CurrentSecret,
  pending: UserSecret,
): Promise<string> {
  for (const text of await olderValues(step.secrets, rotation.secret, [current.versionId, run])) {
    const password = passwordIn(text, rotation, current.username);
    const own =
      password !== undefined && (await openUnlessRefused(step, rotation, loginOf({ ...current, password })));
    if (!own) continue;
    await changeAndClose(step, own, pending);
    return "the server knew the password of a version before; the user has changed it with that";
  }
  throw new DbleaseError(
    "PASSWORD_REFUSED",
    `the server refuses ${current.username} with every password of the secret`,
    {
      next: `store in the secret what the server knows, or name databases.${rotation.database.id}.adminSecret`,
    },
  );
}

/** Of a version that names the same user; whatever else an old one holds is no mistake. */
function passwordIn(text: string, { database }: Rotation, username: string): string | undefined {
  try {
    const older = readUserSecret(text, database.engine);
    return older.username === username ? older.password : undefined;
  } catch {
    return undefined;
  }
}

/** The admin of one server must not set a password that belongs to another. */
function notAtHome({ id, host, port }: Rotation): DbleaseError {
  return new DbleaseError(
    "PASSWORD_REFUSED",
    `${host}:${port} refuses the current password, and the secret names another server`,
    { next: `look whether rotations.${id}.database is the one that the application uses` },
  );
}

/** @returns false where the server lets only others change the password (rds.restrict_password_commands) and there is an admin. */
async function changed<Connection>(
  step: RotationStep<Connection, LateUsers<Connection>>,
  { database }: Rotation,
  connection: Connection,
  pending: UserSecret,
): Promise<boolean> {
  try {
    await changeAndClose(step, connection, pending);
    return true;
  } catch (error) {
    const isLeftToAdmin =
      error instanceof DbleaseError && error.code === "ADMIN_LACKS_RIGHTS" && hasAdmin(database);
    if (isLeftToAdmin) return false;
    throw error;
  }
}

async function changeAndClose<Connection>(
  step: RotationStep<Connection, LateUsers<Connection>>,
  connection: Connection,
  { username, password }: UserSecret,
): Promise<void> {
  try {
    await step.users.changePassword(connection, username, password, step.random);
  } finally {
    // Not waited for: until the label has moved, the application's password is wrong.
    void step.users.close(connection);
  }
}
