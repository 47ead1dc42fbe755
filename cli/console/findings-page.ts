import type { FindingView } from "../../src/views.ts";
import { type Html, html } from "./html.ts";
import type { Page, Visit } from "./visit.ts";
import { dataTable, factList, grantLink, said, time } from "./words.ts";

function finding(it: FindingView, index: number, now: Date): Html {
  const { acknowledged, database, evidence } = it;
  const where = database === "*" ? "all databases" : database;
  return html`<article class="finding ${it.severity}" aria-labelledby="f-${index}">
<h2 id="f-${index}"><span class="severity">${it.severity}</span> ${said(where)}: ${said(it.sentence)}</h2>
${factList([
  ["Kind", it.kind.replaceAll("_", " ")],
  ["About", said(it.what)],
  ["Seen", html`first ${time(it.firstSeenAt, now)}, last ${time(it.seenAt, now)}`],
  [
    "Evidence",
    evidence.length > 0 ? html`<ul>${evidence.map((line) => html`<li>${said(line)}</li>`)}</ul>` : undefined,
  ],
  ["Repair", it.repair && html`<code>${it.repair}</code>`],
  [
    "Acknowledged",
    acknowledged &&
      html`by ${said(acknowledged.by)} until ${time(acknowledged.until, now)}: ${said(acknowledged.reason)}`,
  ],
  ["Grant", it.grantId && grantLink(it.grantId)],
])}</article>`;
}

/** Access that no grant explains, the worst first. */
export async function findingsPage({ api, now }: Visit): Promise<Page> {
  const { findings, databases, policyScan } = await api.findings(true);
  const looked = databases.map(({ id, reconciledAt }) => [
    said(id),
    reconciledAt ? time(reconciledAt, now) : "never",
  ]);
  const main = html`${findings.length === 0 ? html`<p>No findings.</p>` : findings.map((it, index) => finding(it, index, now))}
<section aria-labelledby="looked"><h2 id="looked">Looked at in full</h2>
${dataTable("When each database, and IAM, was looked at", ["What", "At"], [...looked, ["IAM", policyScan ? time(policyScan.at, now) : "never"]], "")}
</section>`;
  return { title: "Findings", main };
}
