/** Error numbers that mean something to dblease ("Database Engine events and errors"), and those of our own guards. */
import { numberOf, rootCode } from "../../connect/sqlserver-errors.ts";
import { DbleaseError } from "../../errors.ts";

/** Thrown by our own statements (guard.ts); the server's own numbers are below 50000. */
export const deadlinePassed = 50_001;
export const foreignUser = 50_002;
export const notPrepared = 50_003;

/** The session is gone, or on its way. */
export const noSuchSession = [6106, 6120, 6121];
/** It is not there, or we may not change it: the server does not tell which. */
export const noSuchPrincipal = 15_151;
/** DROP LOGIN while somebody is logged in with it. */
export const loggedIn = 15_434;
/** DROP LOGIN of the owner of an Agent job. */
export const ownsJobs = 15_170;
/** Another prepare was faster. */
export const alreadyThere = [15_023, 2714];
/** A login with this SID has another name. */
const sidInUse = 15_433;
const lacksPermission = [229, 230, 262, 297, 300, 916, 4613, 6102, 15_151, 15_247, 15_517];
/** Two changes of principals met: deadlock, or a lock that was held too long. */
export const collisions = [1205, 1222];
const repetitions = 5;

/** Runs some work; repeats it after a collision with another change of principals or one of these error numbers. */
export async function repeatOn<T>(numbers: readonly number[], run: () => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition++) {
    try {
      return await run();
    } catch (error) {
      if (repetition === repetitions || ![...collisions, ...numbers].includes(numberOf(error))) throw error;
    }
  }
}

/**
 * The number with which the server refused a statement: what is left of it, the read-back tells. Throws the error where the
 * server said nothing, and what begins anew mends.
 */
export function refusalOf(error: unknown, mended: readonly number[] = []): number {
  const number = numberOf(error);
  if (number === 0 || mended.includes(number)) throw error;
  return number;
}

/** The error in dblease's words; `username`: whom it was about. The server's own words may quote the statement. */
export function engineError(error: unknown, username: string): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const number = numberOf(error);
  if (number === deadlinePassed) {
    return new DbleaseError("DEADLINE_PASSED", `the attempt to make ${username} came too late`, {
      next: "request access again",
    });
  }
  if (number === foreignUser || number === sidInUse) return foreignUserError(username);
  if (number === notPrepared) {
    return new DbleaseError("NOT_PREPARED", "a standing role is missing in this database", {
      next: "dblease databases prepare",
    });
  }
  if (lacksPermission.includes(number)) {
    return new DbleaseError(
      "ADMIN_LACKS_RIGHTS",
      `the admin lacks a permission for ${username} (${number})`,
      {
        next: "dblease doctor names the permission and the GRANT that gives it",
      },
    );
  }
  const what = number || rootCode(error) || "connection lost";
  return new DbleaseError("UNAVAILABLE", `the database failed (${what})`, {
    next: "try again; nothing has to be cleaned up first",
  });
}

export function foreignUserError(username: string): DbleaseError {
  return new DbleaseError("FOREIGN_USER", `${username} exists without this grant's mark`, {
    next: "look who made this login or user; dblease does not touch it",
  });
}
