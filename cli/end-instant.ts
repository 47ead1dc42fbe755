import { InvalidArgumentError } from "commander";
import type { Instant } from "../src/grant.ts";

/** The end of something as typed: a day counts to its end, on this machine's clock; a time may name its zone. */
export function endInstant(text: string): Instant {
  const complete = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59` : text;
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(complete) && !Number.isNaN(Date.parse(complete))) {
    return new Date(complete).toISOString();
  }
  throw new InvalidArgumentError("Write 2027-01-31, 2027-01-31T22:00 or 2027-01-31T22:00Z.");
}
