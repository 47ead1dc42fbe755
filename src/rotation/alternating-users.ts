/**
 * Two logins with the same rights: the one that nobody uses gets a new password, is proved, and becomes the current one.
 * The application's login works at every moment. The pair is made and kept equal by the database's admin.
 */
import type { OnePasswordUsers } from "../engines/application-users.ts";
import { DbleaseError } from "../errors.ts";
import type { Difference, Rotation } from "../rotation.ts";
import { asAdmin, bothVersions } from "./beforehand.ts";
import type { RotationStep, Run } from "./rotation-step.ts";
import { cloneOf } from "./users.ts";

function assertNames({ id, user }: Rotation, longest: number): void {
  if (Buffer.byteLength(cloneOf(user)) <= longest) return;
  throw new DbleaseError("BAD_NAME", `${cloneOf(user)} is longer than this server's names may be`, {
    next: `use strategy single-user for rotations.${id}, or a shorter user`,
  });
}

/** @returns how the two users differ. @throws USER_REFUSED, PENDING_REFUSED, BAD_NAME, ADMIN_LACKS_RIGHTS and more. */
export async function setAlternatingUsers<Connection>(
  step: RotationStep<Connection, OnePasswordUsers<Connection>>,
  { rotation, run }: Run,
): Promise<readonly Difference[]> {
  assertNames(rotation, step.users.longestName);
  const versions = await bothVersions(step, { rotation, run });
  if (!versions) return rotation.differences ?? [];
  const { username, password } = versions.pending;
  return asAdmin(step, rotation, async (admin) => {
    const differences = await step.users.preparePair(admin, {
      first: rotation.user,
      second: cloneOf(rotation.user),
    });
    await step.users.changePassword(admin, username, password, step.random);
    return differences;
  });
}
