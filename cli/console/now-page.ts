import { approvalText } from "../../src/approval-text.ts";
import { durationText } from "../../src/duration.ts";
import type { DatabaseView, GrantView, RoleView } from "../../src/views.ts";
import { connectCommand } from "../connect-text.ts";
import { timeLeft } from "../time-text.ts";
import { waitSentence } from "../wait-sentence.ts";
import { approvalForms, reviewForm } from "./decision-forms.ts";
import { type Html, html } from "./html.ts";
import type { Page, Visit } from "./visit.ts";
import { dataTable, factList, grantLink, said, statusWord, time } from "./words.ts";

function heldSection(grants: readonly GrantView[], now: Date): Html {
  const rows = grants.map((it) => [
    said(it.database),
    said(it.role),
    it.expiresAt && time(it.expiresAt, now),
    it.expiresAt && timeLeft(it.expiresAt, now),
    html`<code>${connectCommand(it)}</code>`,
    grantLink(it.id),
  ]);
  return html`<section aria-labelledby="held"><h2 id="held">What I hold</h2>
${dataTable("Active grants of mine", ["Database", "Role", "Until", "Left", "Connect with", "Grant"], rows, "You hold no access now.")}
</section>`;
}

/** What an approver must know, before the buttons. */
function request(it: GrantView, now: Date, did: string, forms: Html): Html {
  return html`<article aria-labelledby="g-${it.id}"><h3 id="g-${it.id}">${said(it.requester)} ${did} ${said(it.role)} on ${said(it.database)}</h3>
${factList([
  ["Reason", said(it.reason)],
  ["Ticket", it.ticket && said(it.ticket)],
  ["Time", durationText(it.durationSeconds)],
  ["Start", it.startAt && time(it.startAt, now)],
  ["Rule", html`${said(it.rule)}: ${said(it.because)}`],
  ["Approval", it.approvalSteps.length > 0 ? said(approvalText(it.approvalSteps)) : undefined],
  [
    "Said yes already",
    it.approvals.length > 0 ? said(it.approvals.map(({ name }) => name).join(", ")) : undefined,
  ],
  ["To decide within", it.status === "requested" ? timeLeft(it.approveBy, now) : undefined],
  ["Review until", it.breakGlass && time(it.breakGlass.reviewBy, now)],
  ["Grant", grantLink(it.id)],
])}
${forms}</article>`;
}

function approvalSection(grants: readonly GrantView[], visit: Visit): Html {
  return html`<section aria-labelledby="to-approve"><h2 id="to-approve">Waiting for me</h2>
${grants.length === 0 ? html`<p>No request waits for you.</p>` : grants.map((it) => request(it, visit.now, "asks for", approvalForms(it, visit)))}
</section>`;
}

function reviewSection(grants: readonly GrantView[], visit: Visit): Html | undefined {
  if (grants.length === 0) return undefined;
  return html`<section aria-labelledby="to-review"><h2 id="to-review">Broken glass to review</h2>
${grants.map((it) => request(it, visit.now, "broke the glass for", reviewForm(it, visit)))}
</section>`;
}

const moving = ["requested", "approved", "granting", "revoking", "revoke_failed", "quarantined"];

function movingSection(grants: readonly GrantView[], now: Date): Html | undefined {
  if (grants.length === 0) return undefined;
  const rows = grants.map((it) => [
    said(it.database),
    said(it.role),
    statusWord(it.status),
    said(waitSentence(it, now)),
    grantLink(it.id),
  ]);
  return html`<section aria-labelledby="moving"><h2 id="moving">On the way</h2>
${dataTable("Grants of mine that are beginning or ending", ["Database", "Role", "Status", "What happens", "Grant"], rows, "")}
</section>`;
}

function askCommand(database: DatabaseView, role: RoleView): string {
  const glass = role.breakGlass ? ` --break-glass ${database.id}` : "";
  const time = durationText(role.defaultSeconds);
  return `dblease request ${database.id} --role ${role.name} --for ${time} --reason "..."${glass}`;
}

function approvalOf(role: RoleView): string {
  if (role.breakGlass) return "break-glass, reviewed afterwards";
  return role.approvalNeeded ? approvalText(role.approvalSteps) : "not needed";
}

function databaseSection(databases: readonly DatabaseView[]): Html {
  const rows = databases.flatMap((database) =>
    database.roles
      .filter((role) => role.allowed)
      .map((role) => [
        said(database.id),
        said(role.name),
        durationText(role.maxSeconds),
        said(approvalOf(role)),
        html`<code>${askCommand(database, role)}</code>`,
      ]),
  );
  return html`<section aria-labelledby="may-ask"><h2 id="may-ask">What I may ask for</h2>
${dataTable("Roles on databases", ["Database", "Role", "Up to", "Approval", "Ask on this machine with"], rows, "There is nothing that you may ask for now.")}
</section>`;
}

/** What I hold, what waits for me, what is on its way, what I may ask for. */
export async function nowPage(visit: Visit): Promise<Page> {
  const { api, now } = visit;
  const [mine, toApprove, toReview, databases] = await Promise.all([
    api.grants("mine"),
    api.grants("toApprove"),
    api.grants("toReview"),
    api.databases(),
  ]);
  const main = html`${heldSection(
    mine.filter((it) => it.status === "active"),
    now,
  )}
${approvalSection(toApprove, visit)}
${reviewSection(toReview, visit)}
${movingSection(
  mine.filter((it) => moving.includes(it.status)),
  now,
)}
${databaseSection(databases)}`;
  return { title: "Now", main };
}
