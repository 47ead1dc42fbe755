import { InvalidArgumentError } from "commander";
import type { Instant } from "../src/grant.ts";

/**
 * A planned start as typed: `22:00` (the next one), `2026-11-25T22:00` (this machine's time zone), or with a zone.
 * @returns the instant in UTC.
 */
export function startInstant(text: string, now = new Date()): Instant {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours !== undefined && Number(hours) < 24 && Number(minutes) < 60) {
    const start = new Date(now);
    start.setHours(Number(hours), Number(minutes), 0, 0);
    if (start <= now) start.setDate(start.getDate() + 1);
    return start.toISOString();
  }
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text))) {
    return new Date(text).toISOString();
  }
  throw new InvalidArgumentError("Write 22:00, 2026-11-25T22:00 or 2026-11-25T22:00Z.");
}
