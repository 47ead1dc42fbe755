/** SQLSTATE codes that mean something to dblease (PostgreSQL manual, appendix A), and two of its own. */

import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import { ownerRole } from "./standing-roles.ts";

/** Raised by our own statements; class DL is nobody else's. */
export const deadlinePassed = "DL001";
export const foreignUser = "DL002";
export const passwordAdmin = "DL003";

export const duplicateRole = "42710";
export const dependentObjects = "2BP01";
export const lacksPrivilege = "42501";
export const lockNotAvailable = "55P03";

/**
 * Two role changes met in the catalogue (tuple concurrently updated, deadlock, serialisation, both inserted the
 * same row): this one did not happen, so it can be repeated.
 */
const collisions = ["XX000", "40P01", "40001", "23505"];
export const missingObject = "42704";
/** SET ROLE to a role that does not exist is 22023, everything else with it 42704. */
const missingRole = [missingObject, "22023"];
const repetitions = 5;

/**
 * Runs one message; repeats it after a collision with another role change. A message that failed halfway has
 * left its transaction behind, so it is rolled back first.
 */
export async function repeatOnCollision<T>(
  connection: PostgresConnection,
  run: () => Promise<T>,
  alsoOn: readonly string[] = [],
): Promise<T> {
  for (let repetition = 0; ; repetition++) {
    try {
      return await run();
    } catch (error) {
      if (repetition === repetitions || ![...collisions, ...alsoOn].includes(codeOf(error))) throw error;
      await connection.query("ROLLBACK");
    }
  }
}

/** The error in dblease's words; `username`: whom it was about. */
export function engineError(error: unknown, username: string): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const code = codeOf(error);
  if (code === deadlinePassed) {
    return new DbleaseError("DEADLINE_PASSED", `the attempt to make ${username} came too late`, {
      next: "request access again",
    });
  }
  if (code === foreignUser) return foreignUserError(username);
  if (code === passwordAdmin) {
    const sentence = "dblease's admin logs in by password there, and the first user by IAM would lock it out";
    return new DbleaseError("ADMIN_LACKS_RIGHTS", sentence, {
      next: "dblease databases prepare <database> --admin-by-iam",
    });
  }
  if (missingRole.includes(code)) {
    return new DbleaseError("NOT_PREPARED", "a standing role is missing in this database", {
      next: "dblease databases prepare",
    });
  }
  if (code === lacksPrivilege) {
    return new DbleaseError("ADMIN_LACKS_RIGHTS", `the admin may not change ${username} (${code})`, {
      next: `grant the admin membership of ${ownerRole}: dblease doctor shows the statement`,
    });
  }
  if (code === lockNotAvailable) {
    return new DbleaseError(
      "UNAVAILABLE",
      `somebody holds a lock on ${username} that no session accounts for`,
      {
        next: "look for prepared transactions: SELECT gid, owner FROM pg_prepared_xacts, then ROLLBACK PREPARED",
      },
    );
  }
  return new DbleaseError("UNAVAILABLE", `the database failed (${code || "connection lost"})`, {
    next: "try again; nothing has to be cleaned up first",
  });
}

export function foreignUserError(username: string): DbleaseError {
  return new DbleaseError("FOREIGN_USER", `${username} exists without this grant's marker`, {
    next: "look who made this database user; dblease does not touch it",
  });
}
