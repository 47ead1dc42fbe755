/** The report as one HTML file that needs nothing beside it. */
import type { Instant } from "../../src/grant.ts";
import type { FindingView, GrantView, HeldEntry } from "../../src/views.ts";
import { type Html, html } from "../console/html.ts";
import { receiptSection } from "../console/receipt-section.ts";
import { style } from "../console/style.ts";
import { dataTable, factList, said, statusWord, unknownList } from "../console/words.ts";
import { isProved, latenessSeconds, type Report } from "./report.ts";

/** An access review is read far from where it was made: times are UTC. */
function at(instant: Instant): Html {
  return html`<time datetime="${instant}">${instant.slice(0, 19).replace("T", " ")}</time>`;
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function approvals({ approvals: its, approvalSteps }: GrantView): Html {
  if (approvalSteps.length === 0) return html`by rule alone`;
  return html`${its.map((it) => html`<div>${said(it.name)} ${it.reason && html`“${said(it.reason)}”`}</div>`)}`;
}

function lateness(grant: GrantView): string {
  const seconds = latenessSeconds(grant);
  return seconds === undefined ? "" : `${seconds.toFixed(1)} s`;
}

function proof(grant: GrantView): Html {
  if (isProved(grant)) return html`<span class="status good">✓ proved</span>`;
  return html`<span class="status bad">✗ ${grant.receipt ? "left something" : "no receipt"}</span>`;
}

function grantRow({ grant, from, until, sessions }: HeldEntry): Html[] {
  return [
    html`<a href="#${grant.id}">${grant.id}</a>`,
    said(grant.requester),
    html`${said(grant.database)} ${said(grant.role)}`,
    html`“${said(grant.reason)}” ${grant.ticket && said(grant.ticket)}`,
    said(`${grant.rule}: ${grant.because}`),
    approvals(grant),
    html`${at(from)} to ${at(until)}`,
    html`${sessions.length}`,
    statusWord(grant.status),
    html`${lateness(grant)}`,
    proof(grant),
  ];
}

function summary({ held, findings, people }: Report): Html {
  const late = held.flatMap(({ grant }) => latenessSeconds(grant) ?? []).sort((a, b) => a - b);
  const over = held.filter(({ grant }) => grant.closedAt !== undefined);
  return factList([
    ["Grants", held.length],
    ["People", new Set(people.map((it) => it.requester)).size],
    [
      "Over, and proved by a clean receipt",
      `${over.filter(({ grant }) => isProved(grant)).length} of ${over.length}`,
    ],
    [
      "Read back after the end, median",
      late.length > 0 ? `${late[Math.floor(late.length / 2)]?.toFixed(1)} s` : undefined,
    ],
    ["Read back after the end, longest", late.length > 0 ? `${late.at(-1)?.toFixed(1)} s` : undefined],
    ["Broken glasses", held.filter(({ grant }) => grant.breakGlass).length],
    ["Findings open", findings.filter((it) => it.closedAt === undefined).length],
    ["Findings closed in the month", findings.filter((it) => it.closedAt !== undefined).length],
  ]);
}

function findingRow(it: FindingView): (Html | string | undefined)[] {
  return [
    said(it.database === "*" ? "all databases" : it.database),
    it.severity,
    said(it.sentence),
    at(it.firstSeenAt),
    it.closedAt ? at(it.closedAt) : "open",
  ];
}

function brokenGlasses(held: readonly HeldEntry[]): Html {
  const rows = held.flatMap(({ grant }) =>
    grant.breakGlass
      ? [
          [
            html`<a href="#${grant.id}">${grant.id}</a>`,
            said(grant.requester),
            said(grant.database),
            said(grant.reason),
            grant.breakGlass.review
              ? html`${said(grant.breakGlass.review.name)}: “${said(grant.breakGlass.review.reason)}”`
              : html`<span class="status bad">nobody yet; due ${at(grant.breakGlass.reviewBy)}</span>`,
          ],
        ]
      : [],
  );
  return dataTable(
    "Broken glasses",
    ["Grant", "Who", "Database", "Reason", "Reviewed"],
    rows,
    "Nobody broke the glass.",
  );
}

function receipts({ held }: Report): Html[] {
  return held.map(({ grant }) => {
    const title = html`<h2>${grant.id} · ${said(grant.requester)} · ${said(grant.database)}</h2>`;
    const body = grant.receipt
      ? receiptSection(grant.receipt, grant, `receipt-${grant.id}`, at)
      : html`<p>No receipt yet.</p>`;
    return html`<article id="${grant.id}">${title}${body}</article>`;
  });
}

/** Where the style goes: the page's own text is escaped, which a style is not. */
const styleHere = "style";

/** @param now when it was made. */
export function reportPage(report: Report, now: Date): string {
  return document(report, now).text.replace(`<style>${styleHere}</style>`, () => `<style>${style}</style>`);
}

function document(report: Report, now: Date): Html {
  const { month, people, held, findings, passwords, unknown } = report;
  const columns = [
    "Grant",
    "Who",
    "What",
    "Reason",
    "Rule",
    "Approved",
    "From, to",
    "Sessions",
    "Status",
    "Read back after",
    "End",
  ];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Access to databases, ${month}</title>
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<style>${styleHere}</style>
</head>
<body>
<main>
<h1>Access to databases, ${month}</h1>
<p>Made ${at(now.toISOString())} from the audit of dblease. All times are UTC.</p>
${summary(report)}
<section><h2>Who held access</h2>
${dataTable(
  "Grants by person and database",
  ["Who", "Database", "Grants", "Access in all"],
  people.map((it) => [said(it.requester), said(it.database), it.grants, duration(it.seconds)]),
  "Nobody held access.",
)}
</section>
<section><h2>Grants</h2>
${dataTable("Grants that gave access", columns, held.map(grantRow), "No grant gave access.")}
</section>
<section><h2>Broken glass</h2>${brokenGlasses(held)}</section>
<section><h2>Findings</h2>
${dataTable("Findings open, or closed in the month", ["Where", "Severity", "What", "First seen", "Closed"], findings.map(findingRow), "No finding.")}
</section>
<section><h2>Passwords of applications and admins</h2>
${dataTable(
  "Managed passwords",
  ["Password", "Database", "In force since", "Overdue", "Read by"],
  passwords.map((it) => [
    said(it.id),
    said(it.database),
    it.since ? at(it.since) : "not known",
    it.overdue ? html`<span class="status bad">overdue</span>` : "no",
    said(
      [
        ...it.readers.map(({ reader, count }) => `${reader} (${count})`),
        ...(it.readersComplete ? [] : ["and more"]),
      ].join(", "),
    ),
  ]),
  "No password is managed.",
)}
</section>
<section><h2>Receipts</h2>${receipts(report)}</section>
${unknownList(unknown)}
</main>
</body>
</html>
`;
}
