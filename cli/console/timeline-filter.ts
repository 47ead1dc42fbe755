import type { Instant } from "../../src/grant.ts";
import { Failure } from "../failure.ts";

export const shows = ["all", "open", "ended", "troubled"] as const;

/** What the timeline shows; an empty text means all. */
export interface TimelineFilter {
  database: string;
  person: string;
  show: (typeof shows)[number];
  from: Instant;
  to: Instant;
  /** Otherwise nobody said a period, and the drawing is fitted to what happened. */
  isPeriodGiven: boolean;
}

const dayMs = 86_400_000;

/** What a browser's datetime-local field sends: this machine's time without a zone; an instant is taken as well. */
function instantOf(text: string): Instant {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new Failure("USAGE", "that is not a time", "write it as 2026-11-24T10:00");
}

/** The filter as its form sends it; without a period the last day, and the hour to come. */
export function timelineFilter(query: URLSearchParams, now: Date): TimelineFilter {
  const field = (name: string) => query.get(name)?.trim() ?? "";
  const to = field("to") === "" ? new Date(now.getTime() + dayMs / 24).toISOString() : instantOf(field("to"));
  const from =
    field("from") === ""
      ? new Date(Date.parse(to) - dayMs - dayMs / 24).toISOString()
      : instantOf(field("from"));
  if (from >= to) throw new Failure("USAGE", "the period ends before it begins", "choose a later end");
  const show = shows.find((it) => it === field("show")) ?? "all";
  const isPeriodGiven = field("from") !== "" || field("to") !== "";
  return { database: field("database"), person: field("person"), show, from, to, isPeriodGiven };
}

/** An instant as a datetime-local field wants it. */
export function fieldTime(instant: Instant): string {
  const at = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
