import { durationText } from "../src/duration.ts";
import type { Instant } from "../src/grant.ts";
import type { GrantView } from "../src/views.ts";
import { printable } from "./printable.ts";

export interface Moment {
  at: Instant;
  what: string;
}

const quoted = (reason: string | undefined) => (reason ? `: “${printable(reason)}”` : "");

const endings = {
  expiry: "time was up",
  person: "ended early",
  failure: "access could not be given",
  sweeper: "ended by the sweeper",
  replacement: "its server was replaced",
} as const;

/** What happened to a grant, in order, one sentence a moment. */
export function timeline(grant: GrantView): readonly Moment[] {
  const { receipt, end, denial } = grant;
  const moments: Moment[] = [
    {
      at: grant.requestedAt,
      what: `${grant.requester} asked for ${grant.role} for ${durationText(grant.durationSeconds)}${quoted(grant.reason)}`,
    },
    ...grant.approvals.map((it) => ({ at: it.at, what: `${it.name} approved${quoted(it.reason)}` })),
  ];
  if (denial) moments.push({ at: denial.at, what: `${denial.name} denied${quoted(denial.reason)}` });
  if (grant.activatedAt) moments.push({ at: grant.activatedAt, what: `active as ${grant.username}` });
  if (end) {
    const by = end.cause === "person" ? ` by ${end.by}` : "";
    moments.push({ at: end.at, what: `${endings[end.cause]}${by}${quoted(end.reason)}` });
  }
  if (grant.failure)
    moments.push({ at: grant.failure.at, what: `failed: ${printable(grant.failure.message)}` });
  if (receipt) {
    const ended = receipt.sessionsEnded;
    const sessions = ended === 0 ? "" : `, ${ended} open ${ended === 1 ? "session" : "sessions"} ended`;
    moments.push({ at: receipt.fencedAt, what: `fenced${sessions}` });
    if (receipt.droppedAt) moments.push({ at: receipt.droppedAt, what: "user dropped" });
    moments.push({ at: receipt.readBackAt, what: "database read back" });
  }
  const review = grant.breakGlass?.review;
  if (review) moments.push({ at: review.at, what: `${review.name} reviewed${quoted(review.reason)}` });
  if (grant.closedAt) moments.push({ at: grant.closedAt, what: grant.status });
  // ISO 8601 in UTC sorts as text; equal times keep the order above.
  return moments.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
