import { durationText } from "../../src/duration.ts";
import type { GrantView } from "../../src/views.ts";
import { type Html, html } from "./html.ts";
import type { Visit } from "./visit.ts";
import { said } from "./words.ts";

/** What a form of this page may do. */
export type Decision = "approve" | "deny" | "review";

export function isDecision(text: string): text is Decision {
  return text === "approve" || text === "deny" || text === "review";
}

/** Without a reason only a yes is taken. */
export function needsReason(decision: Decision): boolean {
  return decision !== "approve";
}

/** What the one-time token of a form is bound to. */
export function deed(decision: Decision, id: string): string {
  return `${decision} ${id}`;
}

const verbs = { approve: "Approve", deny: "Deny", review: "Review" } as const;

/** A form each, so that Enter in a reason does what stands beside it and nothing else. */
function decisionForm(decision: Decision, { id, role, database, requester }: GrantView, visit: Visit): Html {
  const field = `${decision}-${id}`;
  const input = needsReason(decision)
    ? html`<input id="${field}" name="reason" required maxlength="500" size="40" autocomplete="off">`
    : html`<input id="${field}" name="reason" maxlength="500" size="40" autocomplete="off">`;
  const reason =
    decision === "review" ? "What you found" : needsReason(decision) ? "Reason" : "Reason (optional)";
  return html`<form method="post" action="decide" class="${decision}">
<input type="hidden" name="decision" value="${decision}">
<input type="hidden" name="id" value="${id}">
<input type="hidden" name="token" value="${visit.token(deed(decision, id))}">
<label for="${field}">${reason}</label>${input}
<button>${verbs[decision]}<span class="unseen"> ${role} on ${database} for ${requester}</span></button>
</form>`;
}

/** A yes and a no for a request. */
export function approvalForms(grant: GrantView, visit: Visit): Html {
  return html`<p>${said(grant.requester)} gets ${said(grant.role)} on ${said(grant.database)} for ${durationText(grant.durationSeconds)} once enough have said yes.</p>
${decisionForm("approve", grant, visit)}${decisionForm("deny", grant, visit)}`;
}

/** What somebody found about a broken glass. */
export function reviewForm(grant: GrantView, visit: Visit): Html {
  return decisionForm("review", grant, visit);
}
