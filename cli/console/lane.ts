/** Where things stand on a line of time: pure. Places are percents of the period. */
import type { Instant } from "../../src/grant.ts";

export interface Period {
  from: Instant;
  to: Instant;
}

const minute = 60_000;

/** Thinner than this nobody sees or hits it. */
const thinnest = 0.5;

/** Place of an instant; undefined: outside the period. */
export function placeOf(at: Instant, { from, to }: Period): number | undefined {
  const [start, end, it] = [Date.parse(from), Date.parse(to), Date.parse(at)];
  return it < start || it > end ? undefined : ((it - start) / (end - start)) * 100;
}

/** The part of a period in which something happened, with some room around it. */
export function fitted({ from, to }: Period, instants: readonly Instant[]): Period {
  const inside = instants.filter((it) => it >= from && it <= to).sort();
  const [first, last] = [Date.parse(inside[0] ?? from), Date.parse(inside.at(-1) ?? to)];
  const room = Math.max((last - first) / 20, minute);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    from: iso(Math.max(first - room, Date.parse(from))),
    to: iso(Math.min(last + room, Date.parse(to))),
  };
}

/** A place or a width as SVG wants it. */
export function percent(value: number): string {
  return `${value.toFixed(3)}%`;
}

export interface Span {
  x: number;
  width: number;
}

/** The part of a stretch of time that the period shows; undefined: none of it. */
export function spanOf(since: Instant, until: Instant, period: Period): Span | undefined {
  if (until < period.from || since > period.to || until < since) return undefined;
  const x = placeOf(since, period) ?? 0;
  const end = placeOf(until, period) ?? 100;
  const width = Math.max(end - x, thinnest);
  return { x: Math.min(x, 100 - width), width };
}

/** Puts what overlaps into rows below each other; the order stays that of the beginning. */
export function rowsOf<Bar extends { since: Instant; until: Instant }>(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  for (const bar of bars.toSorted((a, b) => a.since.localeCompare(b.since))) {
    const free = rows.find((row) => (row.at(-1)?.until ?? "") <= bar.since);
    if (free) free.push(bar);
    else rows.push([bar]);
  }
  return rows;
}

const day = 1440 * minute;
const steps = [1, 5, 15, 30, 60, 180, 360, 720]
  .map((it) => it * minute)
  .concat([1, 2, 7, 14, 30, 90, 365].map((it) => it * day));

/** Instants to write under a line, at most nine, on whole minutes, hours and days of this machine's time. */
export function ticksOf({ from, to }: Period): Date[] {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const step = steps.find((it) => (end - start) / it <= 8) ?? (end - start) / 8;
  const shift = new Date(start).getTimezoneOffset() * minute;
  const first = Math.ceil((start - shift) / step) * step + shift;
  const count = Math.floor((end - first) / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, place) => new Date(first + place * step));
}
