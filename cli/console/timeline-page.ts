import type { FindingView } from "../../src/views.ts";
import { type Child, type Html, html } from "./html.ts";
import { fitted, type Period } from "./lane.ts";
import { axis, findingLane, grantLane } from "./lane-drawing.ts";
import { legend } from "./marks.ts";
import { findTimeline, type Timeline, type TimelineEntry } from "./timeline-entries.ts";
import { type TimelineFilter, timelineFilter } from "./timeline-filter.ts";
import { filterForm } from "./timeline-form.ts";
import { entryTable, findingTable, momentSection } from "./timeline-tables.ts";
import { ifAllowed, type Page, type Visit } from "./visit.ts";
import { counted, said, unknownList } from "./words.ts";

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
  const persons = [...new Set(entries.map(({ grant }) => grant.requester))];
  const personLane = (person: string) => {
    const its = entries.filter(({ grant }) => grant.requester === person);
    return lane(
      said(person),
      grantLane(`${person} on ${name}: ${counted(its.length, "grant")}`, its, period, now),
    );
  };
  return html`<tbody><tr class="database"><th scope="rowgroup" colspan="2">${said(name)}</th></tr>
${persons.map(personLane)}
${findings.length > 0 ? lane("findings", findingLane(`${counted(findings.length, "finding")} on ${name}`, findings, period, now)) : undefined}
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
${momentSection(person, moments, now)}
${unknownList([...timeline.unknown, ...(moments?.unknown ?? [])])}`;
  return { title: "Timeline", main };
}
