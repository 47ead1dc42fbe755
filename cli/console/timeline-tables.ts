import { isClean } from "../../src/receipt.ts";
import type { FindingView, PersonAnswer } from "../../src/views.ts";
import { type Html, html } from "./html.ts";
import type { Timeline, TimelineEntry } from "./timeline-entries.ts";
import { counted, dataTable, grantLink, isAcknowledged, said, statusWord, time } from "./words.ts";

/** Who said yes or no, or that nobody has or needs to. */
function decisions({ grant }: TimelineEntry, now: Date): Html {
  const { approvals, approvalSteps, denial } = grant;
  const nobody = approvalSteps.length > 0 ? "nobody yet" : "not needed";
  return html`${approvals.map((it) => html`${said(it.name)} at ${time(it.at, now)} `)}
${denial && html`denied by ${said(denial.name)} at ${time(denial.at, now)}`}
${approvals.length === 0 && !denial ? nobody : undefined}`;
}

/** From when to when it gave access. */
function access({ held }: TimelineEntry, now: Date): Html {
  return held ? html`${time(held.from, now)} to ${time(held.until, now)}` : html`never began`;
}

/** What it was used for, as far as that is known. */
function use({ sessions, tokens, hasMoreTokens }: TimelineEntry): Html {
  const addresses = [...new Set(sessions.map((it) => it.address ?? "an unknown address"))];
  const from = sessions.length > 0 ? html` from ${said(addresses.join(", "))}` : undefined;
  const more = hasMoreTokens ? " or more" : "";
  return html`${counted(sessions.length, "session")}${from}, ${counted(tokens.length, "token")}${more}`;
}

function outcome({ grant: { status, receipt } }: TimelineEntry): Html {
  if (!receipt) return statusWord(status);
  return isClean(receipt)
    ? html`${statusWord(status)}, clean receipt`
    : html`${statusWord(status)}, <span class="status bad">residue</span>`;
}

/** The grants of the drawing, the newest first. */
export function entryTable({ entries, isAudit }: Timeline, now: Date): Html {
  const rows = entries
    .toReversed()
    .map((it) => [
      grantLink(it.grant.id),
      said(it.grant.database),
      said(it.grant.requester),
      said(it.grant.role),
      said(it.grant.reason),
      time(it.grant.requestedAt, now),
      decisions(it, now),
      access(it, now),
      ...(isAudit ? [use(it)] : []),
      outcome(it),
    ]);
  const columns = ["Grant", "Database", "Person", "Role", "Reason", "Asked", "Decided by", "Access"];
  const audit = isAudit ? ["Used for"] : [];
  return dataTable("Grants in this time", [...columns, ...audit, "Status"], rows, "No grant in this time.");
}

/** The findings of the drawing. */
export function findingTable(findings: readonly FindingView[], now: Date): Html | undefined {
  if (findings.length === 0) return undefined;
  const rows = findings.map((it) => [
    html`<span class="status bad">${it.severity}</span>`,
    said(it.database === "*" ? "all databases" : it.database),
    said(it.sentence),
    time(it.openedAt, now),
    it.closedAt ? time(it.closedAt, now) : isAcknowledged(it, now) ? "acknowledged" : "no",
  ]);
  return dataTable("Findings in this time", ["Severity", "Database", "What", "Opened", "Closed"], rows, "");
}

/** What one person did, where an auditor asks. */
export function momentSection(person: string, answer: PersonAnswer | undefined, now: Date): Html | undefined {
  if (!answer) return undefined;
  const rows = answer.moments.map((it) => [
    time(it.at, now),
    it.name,
    said(it.actor),
    said(it.sentence),
    it.grantId && grantLink(it.grantId),
  ]);
  const more = answer.next === undefined ? undefined : html`<p>There is more: choose a shorter time.</p>`;
  return html`<section aria-labelledby="moments"><h2 id="moments">What ${said(person)} did, and what was done to them</h2>
${dataTable("In order of time", ["At", "Event", "By", "What", "Grant"], rows, "Nothing is known.")}
${more}</section>`;
}
