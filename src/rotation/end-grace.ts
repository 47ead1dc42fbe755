/**
 * After a run the version before works on, so that applications may read the secret in their own time. When that time is
 * over its password goes: the older one of a login that has two, or that of the other login of a pair.
 */
import type { Rotation } from "../rotation.ts";
import { isGraceOver } from "../rotation-age.ts";
import { changeRotation } from "../store/rotations.ts";
import { password as makePassword } from "../verifiers/password.ts";
import { pairOf } from "./alternating-users.ts";
import { asAdmin } from "./beforehand.ts";
import type { RotationStep, Run } from "./rotation-step.ts";
import { readUserSecret, type UserSecret } from "./user-secret.ts";
import { nextUser } from "./users.ts";
import { currentVersion } from "./versions.ts";

/** Longer than the function may run. */
const holdSeconds = 60;

/**
 * Nothing happens where the run is not the newest, its time is not over, or somebody has stored another value since. No run
 * begins meanwhile: the password that it would keep as the older one must not be dropped.
 * @returns the rotation as it is then. @throws CONFLICT, ADMIN_LACKS_RIGHTS and what `openAdmin` throws.
 */
export async function endGrace<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<Rotation> {
  const now = step.clock();
  if (rotation.run !== run || !isGraceOver(rotation, now)) return rotation;
  const heldUntil = new Date(now.getTime() + holdSeconds * 1000).toISOString();
  const held = await changeRotation(step.table, rotation, {
    patch: { heldUntil },
    events: [],
    at: now.toISOString(),
  });
  const { versionId, text } = await currentVersion(step.secrets, rotation.secret);
  if (versionId === run) await drop(step, held, readUserSecret(text, rotation.database.engine));
  return changeRotation(step.table, held, {
    patch: { graceEnded: run, heldUntil: undefined },
    events: [],
    at: step.clock().toISOString(),
  });
}

async function drop<Connection>(
  step: RotationStep<Connection>,
  rotation: Rotation,
  { username, password }: UserSecret,
): Promise<void> {
  const { users, random } = step;
  const other = nextUser(rotation, username);
  await asAdmin(step, rotation, async (admin) => {
    if (rotation.strategy === "alternating-users") {
      // A password that nobody knows, until the next run gives it one.
      await pairOf(users, rotation).changePassword(admin, other, makePassword(random), random);
    } else if (users.passwords === "two") {
      await users.dropOldPassword(admin, username, password);
    }
  });
}
