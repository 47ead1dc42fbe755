import { approvalText } from "../src/approval-text.ts";
import { durationText } from "../src/duration.ts";
import type { BreakGlassView, GrantView } from "../src/views.ts";
import { printable } from "./printable.ts";
import { receiptText } from "./receipt-text.ts";
import { styledStatus } from "./status-style.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeLeft } from "./time-text.ts";
import { timeline } from "./timeline.ts";

/** What a broken glass still owes, or how it was found. */
function reviewText({ reviewers, reviewBy, review }: BreakGlassView, now: Date): string {
  if (review) return `reviewed by ${review.name}: ${printable(review.reason ?? "")}`;
  return `to be reviewed by ${reviewers.join(" or ")} until ${clockTime(reviewBy, now)}`;
}

/** One grant in full: what it is, what happened, and the receipt once there is one. */
export function grantText(grant: GrantView, output: Output, now: Date): string {
  const dim = (text: string) => output.style("dim", text);
  const facts: [string, string][] = [
    ["requester", grant.requester],
    ["reason", printable(grant.reason)],
  ];
  if (grant.ticket) facts.push(["ticket", printable(grant.ticket)]);
  facts.push(["rule", `${grant.rule}: ${grant.because}`]);
  if (grant.status === "requested") {
    facts.push([
      "approval",
      `${approvalText(grant.approvalSteps)}, within ${timeLeft(grant.approveBy, now)}`,
    ]);
  }
  if (grant.startAt) facts.push(["start", clockTime(grant.startAt, now)]);
  if (grant.breakGlass) facts.push(["break-glass", reviewText(grant.breakGlass, now)]);
  facts.push(["user", grant.username]);
  if (grant.status === "active" && grant.expiresAt) {
    facts.push(["until", `${clockTime(grant.expiresAt, now)}, ${timeLeft(grant.expiresAt, now)} left`]);
  } else {
    facts.push(["time", durationText(grant.durationSeconds)]);
  }
  const heading = `${output.style("bold", grant.id)}  ${grant.role} on ${grant.database}  ${styledStatus(grant.status, output)}`;
  const history = table(timeline(grant).map((it) => [`  ${dim(clockTime(it.at, now))}`, it.what]));
  const parts = [heading, table(facts.map(([name, value]) => [`  ${dim(name)}`, value])), "", history];
  if (grant.receipt) parts.push("", receiptText(grant.receipt, grant.database, output, now));
  return parts.join("\n");
}
