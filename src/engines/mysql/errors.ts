/** Error numbers that mean something to dblease (MySQL "Server Error Message Reference", MariaDB "Error Codes"). */
import { codeOf } from "../../connect/login-errors.ts";
import { DbleaseError } from "../../errors.ts";

/** Raised by our own guards (guard.ts), which fail in ways that no other statement of ours can. */
const deadlinePassed = 1242;
const foreignUser = 1690;

export const noSuchThread = 1094;
export const noSuchProcedure = 1305;
export const noExecute = 1370;
/** The account is gone, or was there already. */
export const accountGone = [1396, 1269, 1133, 3523];
/** Another prepare was faster: the privilege that was to be taken is gone, the role is there. */
export const overtaken = [1141, 1147, 1396];
export const noSuchEvent = 1539;

/** The server does not know AWSAuthenticationPlugin. */
const pluginNotLoaded = 1524;

const unknownRole = [3523, 1959];
const unknownSchema = 1049;
const lacksPrivilege = [1044, 1045, 1095, 1142, 1143, 1227, 1370, 1401, 1410, 1698];
/** Two changes of accounts met (deadlock, also over MySQL's caches of accounts): this one did not happen. */
const collisions = [1213, 3547];
const repetitions = 5;

/** Zero where the server said nothing. */
export function errnoOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("errno" in error)) return 0;
  return typeof error.errno === "number" && error.errno > 0 ? error.errno : 0;
}

/** Runs some work; repeats it after a collision with another change of accounts or one of these error numbers. */
export async function repeatOn<T>(numbers: readonly number[], run: () => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition++) {
    try {
      return await run();
    } catch (error) {
      if (repetition === repetitions || ![...collisions, ...numbers].includes(errnoOf(error))) throw error;
    }
  }
}

/** The error in dblease's words; `username`: whom it was about. */
export function engineError(error: unknown, username: string): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const number = errnoOf(error);
  if (number === deadlinePassed) {
    return new DbleaseError("DEADLINE_PASSED", `the attempt to make ${username} came too late`, {
      next: "request access again",
    });
  }
  if (number === foreignUser) return foreignUserError(username);
  if (unknownRole.includes(number) || number === unknownSchema) {
    return new DbleaseError(
      "NOT_PREPARED",
      "a standing role or the schema dblease is missing on this server",
      {
        next: "dblease databases prepare",
      },
    );
  }
  if (lacksPrivilege.includes(number)) {
    return new DbleaseError("ADMIN_LACKS_RIGHTS", `the admin lacks a privilege for ${username} (${number})`, {
      next: "dblease doctor names the privilege and the GRANT that gives it",
    });
  }
  if (number === pluginNotLoaded) {
    return new DbleaseError(
      "UNAVAILABLE",
      "the server takes no IAM logins: it has no AWSAuthenticationPlugin",
      {
        next: "dblease databases enable-iam; on MariaDB RDS has it for 10.11, 11.4 and 11.8 only",
      },
    );
  }
  const what = number || codeOf(error) || "connection lost";
  return new DbleaseError("UNAVAILABLE", `the database failed (${what})`, {
    next: "try again; nothing has to be cleaned up first",
  });
}

export function foreignUserError(username: string): DbleaseError {
  return new DbleaseError("FOREIGN_USER", `${username} exists without this grant's mark`, {
    next: "look who made this database user; dblease does not touch it",
  });
}
