import { InvalidArgumentError } from "commander";
import type { AuditPeriod } from "../api.ts";

/** A month of UTC, `2026-11`. */
export function month(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError("Write a month: 2026-11.");
}

/** @param now a month that is not over ends here. */
export function periodOfMonth(text: string, now: Date): AuditPeriod {
  const from = new Date(`${text}-01T00:00:00.000Z`);
  const next = new Date(from);
  next.setUTCMonth(from.getUTCMonth() + 1);
  const end = Math.min(next.getTime() - 1, Math.max(now.getTime(), from.getTime()));
  return { from: from.toISOString(), to: new Date(end).toISOString() };
}
