import type { RotationView } from "../../src/views.ts";
import { timeText } from "../time-text.ts";
import { type Html, html } from "./html.ts";
import type { Page, Visit } from "./visit.ts";
import { dataTable, said, time } from "./words.ts";

function remarks({ failure, differences = [] }: RotationView): Html {
  return html`<ul class="plain">${failure && html`<li>${failure.step} failed: ${said(failure.message)} <span>Next: <code>${failure.next}</code></span></li>`}
${differences.map((it) => html`<li>${said(it.sentence)} <span>Repair: <code>${it.repair}</code></span></li>`)}</ul>`;
}

/** Passwords of applications: age, last and next run. */
export async function passwordsPage({ api, now }: Visit): Promise<Page> {
  const rows = (await api.rotations()).map((it) => [
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
  const main = dataTable("Passwords of applications", columns, rows, "There are no rotations.");
  return { title: "Passwords", main };
}
