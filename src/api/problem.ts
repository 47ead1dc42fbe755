/** An error as RFC 9457 problem details. */
import { DbleaseError, type ErrorCode } from "../errors.ts";
import type { ProblemView } from "../views.ts";

const statusOf: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  BAD_VERIFIER: 400,
  BAD_NAME: 400,
  NOT_SIGNED_IN: 401,
  NOT_ALLOWED: 403,
  REFUSED: 403,
  OWN_REQUEST: 403,
  FROZEN: 403,
  NOT_FOUND: 404,
  WRONG_STATUS: 409,
  CONFLICT: 409,
  IDEMPOTENCY_REUSED: 409,
  LIVE_GRANTS: 409,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
};

/** The router and the body parser mark what the caller did wrong with a status below 500. */
function isCallersMistake(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && Number(error.statusCode) < 500;
}

function knownError(error: unknown): DbleaseError {
  if (error instanceof DbleaseError) return error;
  if (isCallersMistake(error)) {
    return new DbleaseError("BAD_REQUEST", "the request is not one that this API knows", {
      next: "send JSON to one of the routes of docs/api.md",
    });
  }
  return new DbleaseError("UNAVAILABLE", "dblease could not do this right now", {
    next: "try again; if it stays so, an administrator finds the cause in the log of the API function",
  });
}

/** What the caller may know; an error that is not ours says nothing of its inside. */
export function problem(error: unknown): ProblemView {
  const known = knownError(error);
  return {
    type: `https://dblease.dev/errors/${known.code.toLowerCase()}`,
    title: known.code,
    status: statusOf[known.code] ?? 500,
    detail: known.message,
    code: known.code,
    next: known.next,
  };
}
