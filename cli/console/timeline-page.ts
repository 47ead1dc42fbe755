import { isClean } from "../../src/receipt.ts";
import type { FindingView, PersonAnswer } from "../../src/views.ts";
import { type Child, type Html, html } from "./html.ts";
import { fitted, type Period } from "./lane.ts";
import { axis, findingLane, grantLane, legend } from "./lane-drawing.ts";
import { findTimeline, type Timeline, type TimelineEntry } from "./timeline-entries.ts";
import { fieldTime, shows, type TimelineFilter, timelineFilter } from "./timeline-filter.ts";
import { ifAllowed, type Page, type Visit } from "./visit.ts";
import { dataTable, grantLink, said, statusWord, time, unknownList } from "./words.ts";

function select(
  name: string,
  label: string,
  chosen: string,
  options: readonly (readonly [value: string, text: string])[],
): Html {
  const rows = options.map(([value, text]) =>
    value === chosen
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`,
  );
  return html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">${rows}</select></div>`;
}

function instantField(name: "from" | "to", label: string, filter: TimelineFilter): Html {
  const value = filter.isPeriodGiven ? fieldTime(filter[name]) : "";
  return html`<div><label for="${name}">${label}</label><input type="datetime-local" id="${name}" name="${name}" value="${value}"></div>`;
}

/** Where nobody said a period, the address says none either: it is the last day whenever it is opened. */
function queryOf({ database, person, show, from, to, isPeriodGiven }: TimelineFilter): string {
  const query = new URLSearchParams({ database, person, show });
  if (isPeriodGiven) {
    query.set("from", from);
    query.set("to", to);
  }
  return String(query);
}

const hourMs = 3_600_000;

/** The same with another period; it ends an hour from now, so that what is to come is seen. */
function lately(filter: TimelineFilter, now: Date, hours: number, text: string): Html {
  const from = new Date(now.getTime() - hours * hourMs).toISOString();
  const to = new Date(now.getTime() + hourMs).toISOString();
  return html`<li><a href="timeline?${queryOf({ ...filter, from, to, isPeriodGiven: true })}">${text}</a></li>`;
}

function filterForm(filter: TimelineFilter, timeline: Timeline, now: Date): Html {
  const all = (names: readonly string[]) => [["", "all"], ...names.map((it) => [it, it] as const)] as const;
  return html`<form method="get" action="timeline" class="filter" aria-label="What is shown">
${select("database", "Database", filter.database, all(timeline.databases))}
${select("person", "Person", filter.person, all(timeline.persons))}
${select(
  "show",
  "Show",
  filter.show,
  shows.map((it) => [it, it] as const),
)}
${instantField("from", "From", filter)}${instantField("to", "To", filter)}
<button>Show</button>
</form>
<ul class="row">${lately(filter, now, 4, "last 4 hours")}${lately(filter, now, 24, "last day")}${lately(filter, now, 168, "last week")}${lately(filter, now, 720, "last 30 days")}
<li><a href="timeline.csv?${queryOf(filter)}">as CSV</a></li></ul>`;
}

function lane(name: Child, drawing: Html): Html {
  return html`<tr><th scope="row">${name}</th><td>${drawing}</td></tr>`;
}

/** The lines of one database: a line per person, and what no grant explains. */
function databaseLanes(
  database: string,
  entries: readonly TimelineEntry[],
  findings: readonly FindingView[],
  period: Period,
  now: Date,
): Html {
  const name = database === "*" ? "all databases" : database;
  const persons = Map.groupBy(entries, ({ grant }) => grant.requester);
  return html`<tbody><tr class="database"><th scope="rowgroup" colspan="2">${said(name)}</th></tr>
${[...persons].map(([person, its]) => lane(said(person), grantLane(`${person} on ${name}: ${its.length} grants`, its, period, now)))}
${findings.length > 0 ? lane("findings", findingLane(`${findings.length} findings on ${name}`, findings, period, now)) : undefined}
</tbody>`;
}

function drawing({ entries, findings }: Timeline, period: Period, now: Date): Html {
  const names = new Set([
    ...entries.map(({ grant }) => grant.database),
    ...findings.map((it) => it.database),
  ]);
  if (names.size === 0) return html`<p>Nothing in this time.</p>`;
  const lanes = [...names].sort().map((database) =>
    databaseLanes(
      database,
      entries.filter((it) => it.grant.database === database),
      findings.filter((it) => it.database === database),
      period,
      now,
    ),
  );
  return html`${legend()}
<div class="wide" role="region" aria-label="Timeline" tabindex="0"><table class="timeline">
<caption>Per database and person; the table below says the same in words</caption>
<thead><tr><th scope="col">Who</th><td>${axis(period)}</td></tr></thead>
${lanes}
</table></div>`;
}

function periodOf(filter: TimelineFilter, { entries }: Timeline, now: Date): Period {
  if (filter.isPeriodGiven) return filter;
  const instants = entries.flatMap(({ grant, held }) => [
    grant.requestedAt,
    held?.until ?? grant.requestedAt,
  ]);
  return fitted(filter, [...instants, now.toISOString()]);
}

/** Who said yes, or that nobody has or needs to. */
function approvers({ grant }: TimelineEntry): Html {
  if (grant.approvals.length > 0) return said(grant.approvals.map(({ name }) => name).join(", "));
  return html`${grant.approvalSteps.length > 0 ? "nobody" : "not needed"}`;
}

function receiptWord({ grant }: TimelineEntry): Html {
  if (!grant.receipt) return html`none yet`;
  return isClean(grant.receipt)
    ? html`<span class="status over">clean</span>`
    : html`<span class="status bad">residue</span>`;
}

function sessionWords({ sessions }: TimelineEntry): Html | number {
  if (sessions.length === 0) return 0;
  const addresses = [...new Set(sessions.map((it) => it.address ?? "an unknown address"))];
  return html`${sessions.length} from ${said(addresses.join(", "))}`;
}

function entryTable({ entries, isAudit }: Timeline, now: Date): Html {
  const rows = entries
    .toReversed()
    .map((it) => [
      grantLink(it.grant.id),
      said(it.grant.database),
      said(it.grant.requester),
      said(it.grant.role),
      it.held ? time(it.held.from, now) : "never began",
      it.held && time(it.held.until, now),
      statusWord(it.grant.status),
      approvers(it),
      ...(isAudit ? [sessionWords(it), it.tokens.length] : []),
      receiptWord(it),
      said(it.grant.reason),
    ]);
  const audit = isAudit ? ["Sessions", "Tokens"] : [];
  const columns = [
    "Grant",
    "Database",
    "Person",
    "Role",
    "From",
    "Until",
    "Status",
    "Approved by",
    ...audit,
    "Receipt",
    "Reason",
  ];
  return dataTable("Grants in this time", columns, rows, "No grant in this time.");
}

function findingTable(findings: readonly FindingView[], now: Date): Html | undefined {
  if (findings.length === 0) return undefined;
  const rows = findings.map((it) => [
    html`<span class="status bad">${it.severity}</span>`,
    said(it.database === "*" ? "all databases" : it.database),
    said(it.sentence),
    time(it.firstSeenAt, now),
    it.acknowledged ? "yes" : "no",
  ]);
  return dataTable("Open findings", ["Severity", "Database", "What", "First seen", "Acknowledged"], rows, "");
}

function momentSection(
  { person }: TimelineFilter,
  answer: PersonAnswer | undefined,
  now: Date,
): Html | undefined {
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

/** Who had access when: bars per database and person, and the same as a table. */
export async function timelinePage({ api, now, query }: Visit): Promise<Page> {
  const filter = timelineFilter(query, now);
  const { person, from, to } = filter;
  const [timeline, moments] = await Promise.all([
    findTimeline(api, filter, now),
    person === "" ? undefined : ifAllowed(api.auditPerson({ person, from, to })),
  ]);
  const scope = timeline.isAudit
    ? "All grants that gave access in this time, and your own."
    : "What you may see: your own newest grants, and as an administrator all that are open. Auditors see all.";
  const cut = timeline.cut.map(
    (it) => html`<p class="verdict bad">There is more on ${said(it)}: choose a shorter time.</p>`,
  );
  const main = html`<p>${scope}</p>
${filterForm(filter, timeline, now)}
${cut}
${drawing(timeline, periodOf(filter, timeline, now), now)}
<section aria-labelledby="table"><h2 id="table">The same in words</h2>
${entryTable(timeline, now)}
${findingTable(timeline.findings, now)}</section>
${momentSection(filter, moments, now)}
${unknownList([...timeline.unknown, ...(moments?.unknown ?? [])])}`;
  return { title: "Timeline", main };
}
