/**
 * Two logins with the same rights: the one that nobody uses gets a new password, is proved, and becomes the current one.
 * The application's login works at every moment. The pair is made and kept equal by the database's admin.
 */
import { DbleaseError } from "../errors.ts";
import type { Difference, Rotation } from "../rotation.ts";
import { adminOf } from "./admin-of.ts";
import { loginOf, prove, type RotationStep, type Run } from "./rotation-step.ts";
import { checkPending, isAtHome, readUserSecret, type UserSecret } from "./user-secret.ts";
import { cloneOf, nextUser } from "./users.ts";
import { currentVersion, makeCurrent, pendingVersion } from "./versions.ts";

async function pendingOf<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<UserSecret> {
  const text = await pendingVersion(step.secrets, rotation.secret, run);
  return readUserSecret(text, rotation.database.engine);
}

function assertNames<Connection>(step: RotationStep<Connection>, { id, user }: Rotation): void {
  if (Buffer.byteLength(cloneOf(user)) <= step.users.longestName) return;
  throw new DbleaseError("BAD_NAME", `${cloneOf(user)} is longer than this server's names may be`, {
    next: `use strategy single-user for rotations.${id}, or a shorter user`,
  });
}

/** @returns how the two users differ. @throws USER_REFUSED, PENDING_REFUSED, BAD_NAME, ADMIN_LACKS_RIGHTS and more. */
export async function setAlternatingUsers<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<readonly Difference[]> {
  assertNames(step, rotation);
  const found = await currentVersion(step.secrets, rotation.secret);
  if (found.versionId === run) return [];
  const current = readUserSecret(found.text, rotation.database.engine);
  const pending = await pendingOf(step, { rotation, run });
  checkPending(pending, current, nextUser(rotation, current.username));
  // Another address may be another server; one where the application's login works is not.
  if (!isAtHome(current, rotation)) await prove(step, rotation, loginOf(current));
  const credentials = await adminOf(step.secrets, rotation);
  const admin = await step.open(rotation, credentials);
  try {
    const pair = { first: rotation.user, second: cloneOf(rotation.user) };
    const differences = await step.users.preparePair(admin, pair);
    await step.users.changePassword(admin, pending.username, pending.password, step.random);
    return differences;
  } finally {
    await step.users.close(admin);
  }
}

/** Logs in with the next version, as the application will. @throws PASSWORD_REFUSED and what `open` throws. */
export async function testAlternatingUsers<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<void> {
  await prove(step, rotation, loginOf(await pendingOf(step, { rotation, run })));
}

export async function finishAlternatingUsers<Connection>(
  step: RotationStep<Connection>,
  { rotation: { secret }, run }: Run,
): Promise<undefined> {
  const { versionId } = await currentVersion(step.secrets, secret);
  if (versionId !== run) await makeCurrent(step.secrets, secret, versionId, run);
}
