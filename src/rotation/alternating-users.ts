/**
 * Two logins with the same rights: the one that nobody uses gets a new password, is proved, and becomes the current one.
 * The application's login works at every moment. The pair is made and kept equal by the database's admin.
 */
import type { ApplicationUsers, PairedUsers } from "../engines/application-users.ts";
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

/** @throws BAD_CONFIGURATION */
export function pairOf<Connection>(
  users: ApplicationUsers<Connection>,
  { id, database }: Rotation,
): PairedUsers<Connection> {
  const pair = users.passwords === "one" ? users : users.pair;
  if (pair) return pair;
  throw new DbleaseError("BAD_CONFIGURATION", `${database.engine} has no alternating users`, {
    next: `write strategy single-user for rotations.${id}`,
  });
}

/** @returns how the two users differ. @throws USER_REFUSED, PENDING_REFUSED, BAD_NAME, ADMIN_LACKS_RIGHTS and more. */
export async function setAlternatingUsers<Connection>(
  step: RotationStep<Connection>,
  { rotation, run }: Run,
): Promise<readonly Difference[]> {
  const { users, random } = step;
  const pair = pairOf(users, rotation);
  assertNames(rotation, users.longestName);
  const versions = await bothVersions(step, { rotation, run });
  if (!versions) return rotation.differences ?? [];
  const { username, password } = versions.pending;
  return asAdmin(step, rotation, async (admin) => {
    const both = { first: rotation.user, second: cloneOf(rotation.user) };
    const differences = await pair.preparePair(admin, both, random);
    await pair.changePassword(admin, username, password, random);
    return differences;
  });
}
