/** Machine-readable causes of everything dblease refuses or fails to do. One docs line each in docs/errors.md. */
export type ErrorCode =
  | "BAD_REQUEST"
  | "BAD_CONFIGURATION"
  | "BAD_VERIFIER"
  | "BAD_SECRET"
  | "BAD_NAME"
  | "NOT_SIGNED_IN"
  | "NOT_ALLOWED"
  | "NOT_FOUND"
  | "REFUSED"
  | "OWN_REQUEST"
  | "WRONG_STATUS"
  | "FROZEN"
  | "TOO_MANY"
  | "CONFLICT"
  | "IDEMPOTENCY_REUSED"
  | "DATABASE_UNREACHABLE"
  | "DATABASE_REFUSED"
  | "TLS_FAILED"
  | "ADMIN_LACKS_RIGHTS"
  | "NOT_PREPARED"
  | "FOREIGN_USER"
  | "DEADLINE_PASSED"
  | "LEASE_HELD"
  | "USER_REFUSED"
  | "PENDING_REFUSED"
  | "PASSWORD_REFUSED"
  | "GRANT_IN_FLIGHT"
  | "ALREADY_CLOSED"
  | "NOT_DUE"
  | "NOT_YET"
  | "LIVE_GRANTS"
  | "UNAVAILABLE";

/**
 * An outcome that a person must act on: a code, one sentence, and the next step.
 * `name` equals the code's class in Step Functions' `ErrorEquals` where a workflow tells errors apart.
 */
export class DbleaseError extends Error {
  readonly code: ErrorCode;
  readonly next: string;

  constructor(code: ErrorCode, message: string, options: { next: string; cause?: unknown }) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.next = options.next;
  }
}
