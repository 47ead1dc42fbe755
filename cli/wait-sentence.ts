import { approvalText } from "../src/approval-text.ts";
import type { GrantView } from "../src/views.ts";
import { clockTime, timeLeft } from "./time-text.ts";

/** What a waiting person is waiting for right now. */
export function waitSentence(grant: GrantView, now: Date): string {
  switch (grant.status) {
    case "requested":
      return `waiting for approval by ${approvalText(grant.approvalSteps)}, ${timeLeft(grant.approveBy, now)} left`;
    case "approved":
      return grant.startAt && Date.parse(grant.startAt) > now.getTime()
        ? `planned, starts at ${clockTime(grant.startAt, now)}`
        : "approved, about to start";
    case "granting":
      return `making ${grant.username} on ${grant.database}`;
    case "active":
      return grant.verifierApplied < grant.verifierNumber
        ? "the database is taking the new password"
        : "active, the revoke is about to start";
    case "revoking":
      return "revoking: bar new logins, end sessions, drop the user, read the database back";
    case "revoke_failed":
    case "quarantined":
      return `${grant.status}, the next try is about to start`;
    default:
      return grant.status;
  }
}
