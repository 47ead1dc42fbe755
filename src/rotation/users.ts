/** Which users a rotation may change: the one that the configuration names, and for a pair its second one. */
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";

/** The name that AWS's rotation functions give the second user. */
const suffix = "_clone";

export function cloneOf(user: string): string {
  return `${user}${suffix}`;
}

/** All users of a rotation. */
export function usersOf({ user, strategy }: Pick<Rotation, "user" | "strategy">): readonly string[] {
  return strategy === "alternating-users" ? [user, cloneOf(user)] : [user];
}

/**
 * Whose password the next version holds. @param current the user that the current version names.
 * @throws USER_REFUSED where that is nobody of this rotation: a secret may be edited by people who must not make us
 * change other users' passwords.
 */
export function nextUser(rotation: Pick<Rotation, "id" | "user" | "strategy">, current: string): string {
  const users = usersOf(rotation);
  if (!users.includes(current)) {
    throw new DbleaseError(
      "USER_REFUSED",
      `the secret names a user that rotation ${rotation.id} may not change`,
      {
        next: `write the user into rotations.${rotation.id}.user, or the right one into the secret`,
      },
    );
  }
  return users.find((it) => it !== current) ?? current;
}
