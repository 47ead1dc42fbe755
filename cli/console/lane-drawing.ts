/** Lines of time as SVG, without a style attribute: the content security policy allows none. */
import type { Instant } from "../../src/grant.ts";
import type { FindingView } from "../../src/views.ts";
import { clockTime } from "../time-text.ts";
import { type Html, html } from "./html.ts";
import { type Period, percent, placeOf, rowsOf, spanOf, ticksOf } from "./lane.ts";
import { marksOf } from "./marks.ts";
import type { TimelineEntry } from "./timeline-entries.ts";
import { counted, isAcknowledged, mood } from "./words.ts";

const rowHeight = 30;

function sessionLines({ sessions, held }: TimelineEntry, period: Period, now: Date): Html[] {
  return sessions.flatMap((it) => {
    const since = it.startedAt ?? it.seenAt ?? it.endedAt ?? held?.from;
    const until = it.endedAt ?? it.seenAt ?? held?.until;
    const span = since && until && spanOf(since, until, period);
    if (!span) return [];
    const title = `session from ${it.address ?? "an unknown address"}, ${clockTime(since, now)} to ${clockTime(until, now)}`;
    return [
      html`<rect class="session" x="${percent(span.x)}" y="20" width="${percent(span.width)}" height="5"><title>${title}</title></rect>`,
    ];
  });
}

function barTitle({ grant, held, sessions }: TimelineEntry, now: Date): string {
  const time = held ? `${clockTime(held.from, now)} to ${clockTime(held.until, now)}` : "never began";
  return `${grant.requester}: ${grant.role} on ${grant.database}, ${time}, ${grant.status}, ${counted(sessions.length, "session")}`;
}

function bar(entry: TimelineEntry, period: Period, now: Date): Html | undefined {
  const { grant, held } = entry;
  const span = held && spanOf(held.from, held.until, period);
  if (!span) return undefined;
  const title = barTitle(entry, now);
  // A drawing of its own cuts its text off at its edge.
  return html`<a href="grant?id=${encodeURIComponent(grant.id)}" aria-label="${title}"><title>${title}</title>
<svg x="${percent(span.x)}" y="2" width="${percent(span.width)}" height="16"><rect class="bar ${mood(grant.status)}" width="100%" height="100%" rx="3"/><text x="5" y="12">${grant.role}</text></svg></a>`;
}

/** What stands in a row: from the request to the end, so that its marks find room. */
function stretch(entry: TimelineEntry): { since: Instant; until: Instant; entry: TimelineEntry } {
  const { grant, held } = entry;
  return { since: grant.requestedAt, until: held?.until ?? grant.closedAt ?? grant.approveBy, entry };
}

function nowLine(period: Period, now: Date): Html | undefined {
  const x = placeOf(now.toISOString(), period);
  return x === undefined
    ? undefined
    : html`<line class="now" x1="${percent(x)}" x2="${percent(x)}" y1="0" y2="100%"/>`;
}

function tickLines(period: Period): Html[] {
  return ticksOf(period).map((it) => {
    const x = percent(placeOf(it.toISOString(), period) ?? 0);
    return html`<line class="tick" x1="${x}" x2="${x}" y1="0" y2="100%"/>`;
  });
}

/** The grants of one person on one database. */
export function grantLane(name: string, entries: readonly TimelineEntry[], period: Period, now: Date): Html {
  const rows = rowsOf(entries.map(stretch));
  const drawn = rows.map(
    (row, place) =>
      html`<svg y="${place * rowHeight}" width="100%" height="${rowHeight}" overflow="visible">${row.map(
        ({ entry }) =>
          html`${bar(entry, period, now)}${sessionLines(entry, period, now)}${marksOf(entry, period, now)}`,
      )}</svg>`,
  );
  return html`<svg class="lane" role="group" aria-label="${name}" width="100%" height="${rows.length * rowHeight}">${tickLines(period)}${nowLine(period, now)}${drawn}</svg>`;
}

/** Findings of one database, each from when it was opened until it was closed; those that somebody has acknowledged only in outline. */
export function findingLane(name: string, findings: readonly FindingView[], period: Period, now: Date): Html {
  const rows = rowsOf(
    findings.map((it) => ({ since: it.openedAt, until: it.closedAt ?? now.toISOString(), it })),
  );
  const drawn = rows.flatMap((row, place) =>
    row.map(({ it, since, until }) => {
      const span = spanOf(since, until, period);
      if (!span) return undefined;
      const title = `finding, ${it.severity}: ${it.sentence}`;
      return html`<svg x="${percent(span.x)}" y="${place * rowHeight + 2}" width="${percent(span.width)}" height="16"><title>${title}</title><rect class="finding ${isAcknowledged(it, now) ? "known" : "new"}" width="100%" height="100%"/><text x="5" y="12">${it.kind.replaceAll("_", " ")}</text></svg>`;
    }),
  );
  return html`<svg class="lane" role="img" aria-label="${name}" width="100%" height="${rows.length * rowHeight}">${tickLines(period)}${nowLine(period, now)}${drawn}</svg>`;
}

/** The line under which all others stand. */
export function axis(period: Period): Html {
  const isLong = Date.parse(period.to) - Date.parse(period.from) > 2 * 86_400_000;
  const two = (value: number) => String(value).padStart(2, "0");
  const text = (it: Date) =>
    isLong
      ? `${two(it.getMonth() + 1)}-${two(it.getDate())}`
      : `${two(it.getHours())}:${two(it.getMinutes())}`;
  return html`<svg class="axis" aria-hidden="true" width="100%" height="18">${ticksOf(period).map(
    (it) => html`<text x="${percent(placeOf(it.toISOString(), period) ?? 0)}" y="13">${text(it)}</text>`,
  )}</svg>`;
}
