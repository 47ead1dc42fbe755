/**
 * Collecting the past: what CloudTrail still knows of the time before dblease was there, or in which it heard nothing,
 * and the grants of that time, whose events are in the table whatever became of the table's stream.
 */
import type { Instant } from "./grant.ts";

/** One list of CloudTrail's event history, which is told from its newest event to its oldest. */
export interface Search {
  /** IAM's calls are in one region of the partition, wherever dblease stands. */
  region: string;
  /** LookupEvents takes one of them a call. */
  attribute: "EventSource" | "ResourceName";
  value: string;
  /** Everything later has been read. */
  readUntil: Instant;
  done: boolean;
}

export interface BackfillCounts {
  /** Grants whose events were collected again. */
  grants: number;
  /** Calls of LookupEvents. */
  pages: number;
  /** Events that CloudTrail told. */
  read: number;
  /** New to the audit. */
  recorded: number;
  /** In the audit already. */
  known: number;
  /** Calls that only read what nobody asks for. */
  passedOver: number;
  quarantined: number;
}

export interface Backfill {
  /** Of its period, so that the same period again goes on where it stopped. */
  id: string;
  from: Instant;
  to: Instant;
  /** Person name. */
  by: string;
  /** How often it was begun; with the id the name of its execution. */
  attempt: number;
  startedAt: Instant;
  updatedAt: Instant;
  finishedAt?: Instant;
  /** How far the grants have been gone through. */
  grants: { done: boolean; after?: Record<string, unknown> };
  searches: readonly Search[];
  counts: BackfillCounts;
}

/** The event history has 90 days (CloudTrail User Guide, "Viewing recent management events with Event history"). */
export const historyDays = 90;

/** A run writes every second; what has not for so long is not running any more. */
const silentSeconds = 300;

export function backfillStatus(backfill: Backfill, now: Date): "running" | "stopped" | "done" {
  if (backfill.finishedAt !== undefined) return "done";
  return Date.parse(backfill.updatedAt) + silentSeconds * 1000 < now.getTime() ? "stopped" : "running";
}

/** `20261101T000000Z-20261108T000000Z`. */
export function backfillId(from: Instant, to: Instant): string {
  return [from, to].map((it) => it.replace(/[-:]|\.\d+/g, "")).join("-");
}

/** How much of its period has been read, from 0 to 1. */
export function backfillProgress({ from, to, grants, searches }: Backfill): number {
  const whole = Math.max(1, Date.parse(to) - Date.parse(from));
  const parts = searches.map((it) => (it.done ? 1 : (Date.parse(to) - Date.parse(it.readUntil)) / whole));
  return [grants.done ? 1 : 0, ...parts].reduce((sum, it) => sum + it, 0) / (parts.length + 1);
}

/** The region of a partition in which IAM's and other global calls are told. */
function globalRegion(region: string): string {
  if (region.startsWith("cn-")) return "cn-north-1";
  return region.startsWith("us-gov-") ? "us-gov-west-1" : "us-east-1";
}

/** Where to look: the same as what the collector's rules hear. */
export function searchesFor(to: Instant, region: string, connectRole: string | undefined): Search[] {
  const search = { attribute: "EventSource", region, readUntil: to, done: false } as const;
  return [
    { ...search, region: globalRegion(region), value: "iam.amazonaws.com" },
    { ...search, value: "rds.amazonaws.com" },
    { ...search, value: "secretsmanager.amazonaws.com" },
    ...(connectRole ? [{ ...search, attribute: "ResourceName" as const, value: connectRole }] : []),
  ];
}
