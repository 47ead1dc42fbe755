import { type Html, html } from "./html.ts";
import type { Timeline } from "./timeline-entries.ts";
import { fieldTime, shows, type TimelineFilter } from "./timeline-filter.ts";

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

/** What is shown, to choose. */
export function filterForm(filter: TimelineFilter, timeline: Timeline, now: Date): Html {
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
