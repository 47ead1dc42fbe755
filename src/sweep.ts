/**
 * What the sweeper does with a grant that is due (pure). Every write of a grant sets `dueAt` by `attentionAt`, so
 * the sweeper needs one query, and a grant whose workflow is lost is found by the same clock as any other.
 */
import type { BreakGlass, Grant, Instant } from "./grant.ts";
import { isDue } from "./grant.ts";

export type SweepAction =
  /** Start or wake the workflow of a grant that waits for it. */
  | "resume"
  /** Nobody decided in time. */
  | "lapse"
  /** Start another revoke. */
  | "revoke"
  /** Look once more whether the user came back (dangers 5). */
  | "recheck"
  /** Nobody has reviewed a broken glass in time. */
  | "remind"
  | "none";

const margin = { start: 60, decision: 30, expiry: 15, attempt: 10, lease: 5 } as const;
const recheckAfterSeconds = 300;
const remindEverySeconds = 86_400;
const far: Instant = "9999-12-31T00:00:00.000Z";

function after(instant: Instant, seconds: number): Instant {
  return new Date(Date.parse(instant) + seconds * 1000).toISOString();
}

/** Something of an active grant has still to arrive in the database. */
function isPending(grant: Grant): boolean {
  return grant.verifierNumber > grant.verifierApplied || grant.expiryApplied !== grant.expiresAt;
}

function owesRecheck(grant: Grant): boolean {
  return grant.receipt !== undefined && grant.recheckedAt === undefined;
}

/** A broken glass that opened something and that nobody has looked at yet. */
export function owesReview(grant: Grant): grant is Grant & { breakGlass: BreakGlass } {
  return grant.activatedAt !== undefined && grant.breakGlass !== undefined && !grant.breakGlass.review;
}

function remindAt(reviewBy: Instant, at: Instant): Instant {
  return reviewBy > at ? reviewBy : after(at, remindEverySeconds);
}

/** Back-off of a failing revoke: one minute, doubled each time, at most an hour; it never gives up. */
function backOffSeconds(count: number): number {
  return Math.min(3600, 60 * 2 ** Math.min(count - 1, 6));
}

/**
 * When the sweeper must look at this grant if nothing happens before; undefined: never again.
 * @param now the instant of the change after which it is asked.
 */
export function attentionAt(grant: Grant, now: Date): Instant | undefined {
  const at = now.toISOString();
  switch (grant.status) {
    case "requested": {
      // A parked token says that the workflow waits; until the decision there is nothing to mend.
      const last = after(grant.approveBy, margin.decision);
      const soon = after(at, margin.start);
      return grant.wakeToken !== undefined || last < soon ? last : soon;
    }
    case "approved":
      return after(grant.startAt && grant.startAt > at ? grant.startAt : at, margin.start);
    case "granting":
      return after(grant.grantAttempt?.deadline ?? at, margin.attempt);
    case "active": {
      const end = after(grant.expiresAt ?? at, margin.expiry);
      const soon = after(at, margin.start);
      return isPending(grant) && soon < end ? soon : end;
    }
    case "revoking":
      return grant.lease && grant.lease.until > at
        ? after(grant.lease.until, margin.lease)
        : after(at, margin.start);
    case "revoke_failed":
      return after(at, backOffSeconds(grant.failure?.count ?? 1));
    case "quarantined":
      // Listed among the open grants, but only a person can finish it.
      return far;
    case "revoked":
    case "grant_failed":
      if (owesRecheck(grant)) return after(at, recheckAfterSeconds);
      return owesReview(grant) ? remindAt(grant.breakGlass.reviewBy, at) : undefined;
    default:
      return undefined;
  }
}

/** What is due for this grant, read strongly, at `now`. */
export function sweep(grant: Grant, now: Date): SweepAction {
  if (grant.dueAt === undefined || Date.parse(grant.dueAt) > now.getTime()) return "none";
  switch (grant.status) {
    case "requested":
      return Date.parse(grant.approveBy) <= now.getTime() ? "lapse" : "resume";
    case "approved":
      return "resume";
    case "active":
      return isDue(grant, now) ? "revoke" : "resume";
    case "granting":
    case "revoke_failed":
      return "revoke";
    case "revoking":
      return grant.lease && Date.parse(grant.lease.until) > now.getTime() ? "none" : "revoke";
    case "revoked":
    case "grant_failed":
      if (owesRecheck(grant)) return "recheck";
      return owesReview(grant) ? "remind" : "none";
    default:
      return "none";
  }
}
