/** Oracle's error numbers that mean something to dblease ("Database Error Messages"). */
import { codeOf } from "../../connect/login-errors.ts";
import { DbleaseError } from "../../errors.ts";

/** Raised by our own blocks (block.ts). */
const deadlinePassed = 20001;
const foreignUser = 20002;
const notLive = 20003;

export const stillConnected = 1940;
export const stillOwning = 1922;
/** PL/SQL that does not compile: a package that is not there, not ours to call, or invalid. */
export const noSuchProcedure = 6550;

/** A verify function, of a profile or of the server's mandatory one (21c), which no profile of ours can overrule. */
export const passwordJudgedBad = 28003;
/** What such a function has to take. */
export const passwordShape = "let it take 30 letters, digits, _ and -, two of each";

const unknownRole = 1919;
/** Another job of this name stands in the admin's schema. */
const jobOfSomebody = 27477;
/** 942: a view of the dictionary that the admin may not see looks as if it were not there. */
const lacksPrivilege = [942, 990, 1031, 1932, 6550, 27486, 41900];
/** Another call changed the same user, profile or job between our look and our change: then it is looked at again. */
const overtaken = [1918, 1920, 1921, 2379, 2380, 4068, 27475, 27476];
/** Somebody's lock, or a call that ran out of time on one. */
const held = [54, 4021];
const repetitions = 5;

/** Zero where the server said nothing. */
export function numberOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("errorNum" in error)) return 0;
  return typeof error.errorNum === "number" ? error.errorNum : 0;
}

export function isHeldUp(error: unknown): boolean {
  return held.includes(numberOf(error)) || codeOf(error) === "NJS-123";
}

/** Runs some work; repeats it where another call was faster. */
export async function repeatOvertaken<T>(run: () => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition++) {
    try {
      return await run();
    } catch (error) {
      if (repetition === repetitions || !overtaken.includes(numberOf(error))) throw error;
    }
  }
}

/** The error in dblease's words; `username`: whom it was about. */
export function engineError(error: unknown, username: string): DbleaseError {
  if (error instanceof DbleaseError) return error;
  const number = numberOf(error);
  if (number === deadlinePassed) {
    return new DbleaseError("DEADLINE_PASSED", `the attempt to make ${username} came too late`, {
      next: "request access again",
    });
  }
  if (number === notLive) {
    return new DbleaseError("NOT_FOUND", `${username} is not a live database user`, {
      next: "dblease grants",
    });
  }
  if (number === foreignUser || number === jobOfSomebody) return foreignUserError(username);
  if (number === unknownRole) {
    return new DbleaseError("NOT_PREPARED", "a standing role is missing in this database", {
      next: "dblease databases prepare",
    });
  }
  if (number === passwordJudgedBad) {
    return new DbleaseError(
      "BAD_CONFIGURATION",
      `the verify function of the server's mandatory profile refuses the password of ${username}`,
      { next: `${passwordShape}; then request access again` },
    );
  }
  if (lacksPrivilege.includes(number)) {
    return new DbleaseError(
      "ADMIN_LACKS_RIGHTS",
      `the admin lacks a privilege for ${username} (ORA-${digits(number)})`,
      {
        next: "dblease doctor names the privilege and the statement that gives it",
      },
    );
  }
  const what = number ? `ORA-${digits(number)}` : codeOf(error) || "connection lost";
  return new DbleaseError("UNAVAILABLE", `the database failed (${what})`, {
    next: "try again; nothing has to be cleaned up first",
  });
}

function digits(number: number): string {
  return String(number).padStart(5, "0");
}

export function foreignUserError(username: string): DbleaseError {
  return new DbleaseError("FOREIGN_USER", `${username} exists without this grant's mark`, {
    next: "look who made this database user; dblease does not touch it",
  });
}
