import { approvalText } from "../../src/approval-text.ts";
import { durationText } from "../../src/duration.ts";
import { type GrantStatus, grantIdPattern } from "../../src/grant.ts";
import type { GrantView, Moment, Session } from "../../src/views.ts";
import { connectCommand } from "../connect-text.ts";
import { Failure } from "../failure.ts";
import { timeline } from "../timeline.ts";
import { waitSentence } from "../wait-sentence.ts";
import { approvalForms, reviewForm } from "./decision-forms.ts";
import { type Html, html } from "./html.ts";
import { receiptSection } from "./receipt-section.ts";
import { ifAllowed, type Page, type Visit } from "./visit.ts";
import { dataTable, factList, said, statusWord, time, unknownList } from "./words.ts";

/** In these something is about to happen. */
const moving: readonly GrantStatus[] = ["requested", "approved", "granting", "revoking"];

function facts(grant: GrantView, now: Date): Html {
  const { breakGlass } = grant;
  return factList([
    [
      "Status",
      html`${statusWord(grant.status)} ${moving.includes(grant.status) ? said(waitSentence(grant, now)) : undefined}`,
    ],
    ["Requester", said(grant.requester)],
    ["Reason", said(grant.reason)],
    ["Ticket", grant.ticket && said(grant.ticket)],
    ["Rule", html`${said(grant.rule)}: ${said(grant.because)}`],
    [
      "Approval",
      grant.approvalSteps.length > 0 ? said(approvalText(grant.approvalSteps)) : "none was needed",
    ],
    [
      "Break-glass",
      breakGlass &&
        (breakGlass.review
          ? html`reviewed by ${said(breakGlass.review.name)}`
          : html`to be reviewed by ${said(breakGlass.reviewers.join(" or "))} until ${time(breakGlass.reviewBy, now)}`),
    ],
    ["Time", durationText(grant.durationSeconds)],
    ["Start", grant.startAt && time(grant.startAt, now)],
    ["Active from", grant.activatedAt && time(grant.activatedAt, now)],
    [grant.closedAt ? "Would have lasted until" : "Until", grant.expiresAt && time(grant.expiresAt, now)],
    ["Closed", grant.closedAt && time(grant.closedAt, now)],
    ["Database user", html`<code>${grant.username}</code>${grant.model === "iam" ? ", by IAM" : undefined}`],
    ["Connect with", grant.status === "active" ? html`<code>${connectCommand(grant)}</code>` : undefined],
    ["Failure", grant.failure && said(`${grant.failure.code}: ${grant.failure.message}`)],
  ]);
}

function historySection(moments: readonly Pick<Moment, "at" | "sentence">[], now: Date): Html {
  const rows = moments.map((it) => [time(it.at, now), said(it.sentence)]);
  return html`<section aria-labelledby="history"><h2 id="history">What happened</h2>
${dataTable("In order of time", ["At", "What"], rows, "Nothing is known.")}</section>`;
}

const ends = { revoke: "by the revoke", server: "by the server", client: "by the client" } as const;

function endOf({ endedAt, endedBy, seenAt }: Session, now: Date): Html {
  if (endedAt) return html`${time(endedAt, now)} ${endedBy && ends[endedBy]}`;
  return seenAt ? html`last seen ${time(seenAt, now)}` : html`no end was noted`;
}

function sessionSection(sessions: readonly Session[], now: Date): Html {
  const rows = sessions.map((it) => [
    it.startedAt ? time(it.startedAt, now) : "not noted",
    endOf(it, now),
    said(it.address ?? "unknown"),
    said(it.application),
  ]);
  return html`<section aria-labelledby="sessions"><h2 id="sessions">Sessions</h2>
${dataTable("Sessions of this grant", ["Begin", "End", "From", "With"], rows, "No session is known.")}</section>`;
}

async function decisionSection(
  { id, status, breakGlass }: GrantView,
  visit: Visit,
): Promise<Html | undefined> {
  const waiting =
    status === "requested" ? "toApprove" : breakGlass && !breakGlass.review ? "toReview" : undefined;
  const mine = waiting && (await visit.api.grants(waiting)).find((it) => it.id === id);
  if (!mine) return undefined;
  const form = waiting === "toApprove" ? approvalForms(mine, visit) : reviewForm(mine, visit);
  return html`<section aria-labelledby="decide"><h2 id="decide">It waits for me</h2>${form}</section>`;
}

/** One grant: what it is, what happened, sessions, and the receipt. */
export async function grantPage(visit: Visit): Promise<Page> {
  const { api, now, query } = visit;
  const id = query.get("id") ?? "";
  if (!grantIdPattern.test(id))
    throw new Failure("USAGE", "that is not the id of a grant", "go to Now or Timeline and choose one there");
  const audit = await ifAllowed(api.auditGrant(id, query.get("page") ?? undefined));
  const grant = audit?.grant ?? (await api.grant(id));
  const moments = audit?.moments ?? timeline(grant).map(({ at, what }) => ({ at, sentence: what }));
  const main = html`${facts(grant, now)}
${await decisionSection(grant, visit)}
${grant.receipt && receiptSection(grant.receipt, grant, "receipt", (it) => time(it, now))}
${historySection(moments, now)}
${audit?.next && html`<p><a href="grant?${String(new URLSearchParams({ id, page: audit.next }))}">What happened later</a></p>`}
${audit && sessionSection(audit.sessions, now)}
${audit && unknownList(audit.unknown)}`;
  return { title: `Grant ${id}: ${grant.role} on ${grant.database} for ${grant.requester}`, main };
}
