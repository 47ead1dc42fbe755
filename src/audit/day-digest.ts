/**
 * Evidence that nobody has changed the past: each day's hash is over its events and the day before, so that a change of any
 * event changes every digest from that day on. Pure; who keeps digests apart from events is another question.
 */
import { createHash } from "node:crypto";
import type { Instant } from "../grant.ts";

/** That an item was added to the table, as the table's stream told at once. */
export interface RecordEntry {
  /** When DynamoDB took the item, whatever the item says of itself; whole seconds. */
  recordedAt: Instant;
  /** Key of the item. */
  pk: string;
  sk: string;
  /** Of the whole item. */
  sha256: string;
}

/** UTC day, `2026-11-29`. */
export type Day = string;

export interface HourDigest {
  /** 0 to 23, UTC. */
  hour: number;
  events: number;
  sha256: string;
}

/** An hour of the record as the table has it now. */
export interface CheckedHour extends HourDigest {
  /** Events that are not what they were, by their keys; those that are gone included. Ten at most. */
  changed: readonly string[];
}

export interface DayDigest {
  day: Day;
  /** Digest of the day before; of the first day, zeros. */
  previous: string;
  /** Hours in which something was added. */
  hours: readonly HourDigest[];
  sha256: string;
}

export const beginning = "0".repeat(64);

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The order in which a table gives attributes says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === "object" && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}

export function itemHash(item: Readonly<Record<string, unknown>>): string {
  return sha256(canonical(item));
}

/** @param entries of one hour, in any order. */
export function hourDigest(hour: number, entries: readonly RecordEntry[]): HourDigest {
  const lines = entries.map(({ pk, sk, sha256: hash }) => `${pk}\t${sk}\t${hash}\n`).sort();
  return { hour, events: entries.length, sha256: sha256(lines.join("")) };
}

export function dayDigest(day: Day, previous: string, hours: readonly HourDigest[]): DayDigest {
  const its = hours.filter((it) => it.events > 0);
  const lines = its.map((it) => `${it.hour}\t${it.events}\t${it.sha256}\n`);
  return { day, previous, hours: its, sha256: sha256(`${previous}\n${day}\n${lines.join("")}`) };
}

/** The first digest that does not fit what it says of itself or the one before; undefined: the chain holds. */
export function brokenLink(chain: readonly DayDigest[]): DayDigest | undefined {
  return chain.find((it, index) => {
    const before = chain[index - 1];
    const follows =
      before === undefined || (it.previous === before.sha256 && it.day === dayAfter(before.day));
    return !follows || dayDigest(it.day, it.previous, it.hours).sha256 !== it.sha256;
  });
}

export function dayAfter(day: Day): Day {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
