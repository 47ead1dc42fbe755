/**
 * What two strategies have in common: the next password is set and proved while the current one still works, so that
 * moving the label is all that is left.
 */
import type { Rotation } from "../rotation.ts";
import { loginOf, prove, type RotationStep, type Run } from "./rotation-step.ts";
import { checkPending, isAtHome, readUserSecret, type UserSecret } from "./user-secret.ts";
import { nextUser } from "./users.ts";
import { currentVersion, makeCurrent, pendingVersion } from "./versions.ts";

async function pendingOf<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<UserSecret> {
  return readUserSecret(await pendingVersion(step.secrets, rotation.secret, run), rotation.database.engine);
}

/**
 * Both versions, checked against each other; undefined: the run's version is the current one already.
 * @throws USER_REFUSED, PENDING_REFUSED, BAD_SECRET, and PASSWORD_REFUSED where the secret names another address than ours
 * and its password does not work at ours.
 */
export async function bothVersions<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<{ current: UserSecret; pending: UserSecret } | undefined> {
  const found = await currentVersion(step.secrets, rotation.secret);
  if (found.versionId === run) return undefined;
  const current = readUserSecret(found.text, rotation.database.engine);
  const pending = await pendingOf(step, { rotation, run });
  checkPending(pending, current, nextUser(rotation, current.username));
  if (!isAtHome(current, rotation)) await prove(step, rotation, loginOf(current));
  return { current, pending };
}

/** Work of the database's admin, over one connection. */
export async function asAdmin<Connection, T>(
  step: RotationStep<Connection>,
  rotation: Rotation,
  work: (admin: Connection) => Promise<T>,
): Promise<T> {
  const admin = await step.openAdmin(rotation);
  try {
    return await work(admin);
  } finally {
    await step.users.close(admin);
  }
}

/** Logs in with the next version, as the application will. @throws PASSWORD_REFUSED and what `open` throws. */
export async function testBeforehand<Connection>(step: RotationStep<Connection>, at: Run): Promise<void> {
  await prove(step, at.rotation, loginOf(await pendingOf(step, at)));
}

export async function finishBeforehand<Connection>(
  step: RotationStep<Connection>,
  { rotation: { secret }, run }: Run,
): Promise<void> {
  const { versionId } = await currentVersion(step.secrets, secret);
  if (versionId !== run) await makeCurrent(step.secrets, secret, versionId, run);
}
