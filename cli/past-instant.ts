import { InvalidArgumentError } from "commander";
import type { Instant } from "../src/grant.ts";

/**
 * An instant that is over, as typed: `10:00` (the last one), `2026-11-24`, `2026-11-24T10:00` (this machine's time
 * zone), or with a zone.
 */
export function pastInstant(text: string, now = new Date()): Instant {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const at = new Date(now);
    at.setHours(Number(hours), Number(minutes), 0, 0);
    if (at > now) at.setDate(at.getDate() - 1);
    return at.toISOString();
  }
  // A date alone would be midnight in UTC; with a time it is this machine's.
  const complete = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(complete) && !Number.isNaN(Date.parse(complete))) {
    return new Date(complete).toISOString();
  }
  throw new InvalidArgumentError("Write 10:00, 2026-11-24, 2026-11-24T10:00 or 2026-11-24T10:00Z.");
}
