import type { PasswordEntry, PasswordsAnswer, RotationView } from "../../src/views.ts";
import { timeText } from "../time-text.ts";
import { type Html, html } from "./html.ts";
import { ifAllowed, type Page, type Visit } from "./visit.ts";
import { dataTable, said, time, unknownList } from "./words.ts";

function remarks({ failure, differences = [] }: RotationView): Html {
  return html`<ul class="plain">${failure && html`<li>${failure.step} failed: ${said(failure.message)} <span>Next: <code>${failure.next}</code></span></li>`}
${differences.map((it) => html`<li>${said(it.sentence)} <span>Repair: <code>${it.repair}</code></span></li>`)}</ul>`;
}

function rotationTable(rotations: readonly RotationView[], now: Date): Html {
  const rows = rotations.map((it) => [
    said(it.id),
    said(it.database),
    said(it.user),
    it.strategy,
    html`<span class="status ${it.status === "failed" || it.overdue ? "bad" : "over"}">${it.status}${it.overdue ? ", overdue" : undefined}</span>`,
    timeText(now.getTime() - Date.parse(it.passwordSince)),
    it.nextAt ? time(it.nextAt, now) : "none",
    remarks(it),
  ]);
  const columns = ["Rotation", "Database", "User", "Strategy", "Status", "Age", "Next run", "Remarks"];
  return dataTable("Passwords of applications", columns, rows, "There are no rotations.");
}

function readers({ readers: all, readersComplete }: PasswordEntry, now: Date): Html {
  if (all.length === 0) return html`nobody, as far as CloudTrail told`;
  return html`<ul class="plain">${all.map((it) => html`<li>${said(it.reader)}: ${it.count} times, last ${time(it.lastAt, now)}</li>`)}
${readersComplete ? undefined : html`<li>and more than one answer looks at</li>`}</ul>`;
}

function readSection({ passwords, unknown }: PasswordsAnswer, now: Date): Html {
  const rows = passwords.map((it) => [
    said(it.id),
    said(it.database),
    said(it.user),
    it.since ? timeText(now.getTime() - Date.parse(it.since)) : "unknown",
    it.changedAt ? time(it.changedAt, now) : "unknown",
    readers(it, now),
  ]);
  const columns = ["Password", "Database", "User", "Age", "Last changed", "Read by"];
  return html`<section aria-labelledby="read"><h2 id="read">Who read them</h2>
${dataTable("In the last seven days", columns, rows, "There is no managed password.")}</section>
${unknownList(unknown)}`;
}

const weekMs = 7 * 86_400_000;

/** Passwords that are managed: age, last and next run; for auditors also who read them. */
export async function passwordsPage({ api, now }: Visit): Promise<Page> {
  const period = { from: new Date(now.getTime() - weekMs).toISOString(), to: now.toISOString() };
  const [rotations, passwords] = await Promise.all([api.rotations(), ifAllowed(api.auditPasswords(period))]);
  const main = html`${rotationTable(rotations, now)}
${passwords && readSection(passwords, now)}`;
  return { title: "Passwords", main };
}
