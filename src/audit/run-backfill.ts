/**
 * One stretch of a backfill: the grants first, then page after page of CloudTrail's event history, from the newest event to the oldest, until
 * time is up. Each page is in the audit before the place is noted, so that whoever dies is repeated and not missed.
 */
import { type CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { Backfill, BackfillCounts, Search } from "../backfill.ts";
import type { Instant } from "../grant.ts";
import { readBackfill, writeBackfill } from "../store/backfills.ts";
import { readConfigItem } from "../store/configs.ts";
import { findRotations } from "../store/rotations.ts";
import { secretName } from "./audit-event.ts";
import { type Collector, keep } from "./collect.ts";
import { collectGrantsAgain } from "./collect-grants-again.ts";
import { isWanted } from "./is-wanted.ts";
import { readRecord } from "./read-delivered.ts";

export interface BackfillParts extends Collector {
  cloudTrail: (region: string) => CloudTrailClient;
  pause: (milliseconds: number) => Promise<void>;
  /** How long one stretch may take. */
  stretchMs: number;
}

/** Twice a second and region are allowed (CloudTrail API reference, LookupEvents); others ask, too. */
const betweenCallsMs = 600;

async function managedSecrets({ table }: BackfillParts): Promise<Set<string>> {
  const { config } = await readConfigItem(table);
  const admins = Object.values(config.databases).flatMap((it) => it.adminSecret ?? []);
  const rotated = (await findRotations(table)).map((it) => it.secret);
  return new Set([...admins, ...rotated].map(secretName));
}

const countOf = {
  AuditRecorded: "recorded",
  AuditRepeated: "known",
  AuditQuarantined: "quarantined",
} as const;

/** What becomes of one event of the history. */
async function take(
  parts: BackfillParts,
  text: string,
  secrets: ReadonlySet<string>,
): Promise<keyof BackfillCounts> {
  const read = readRecord(text, parts.installed);
  const readOnly = /"readOnly"\s*:\s*"?true/.test(text);
  if ("event" in read && !isWanted(read.event, readOnly, secrets, parts.installed)) return "passedOver";
  return countOf[await keep(parts, read, text)];
}

function lookUp({ cloudTrail }: BackfillParts, search: Search, from: Instant, page: string | undefined) {
  return cloudTrail(search.region).send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: search.attribute, AttributeValue: search.value }],
      StartTime: new Date(from),
      EndTime: new Date(search.readUntil),
      MaxResults: 50,
      ...(page === undefined ? {} : { NextToken: page }),
    }),
  );
}

function replaced(backfill: Backfill, search: Search, next: Search): Backfill {
  return { ...backfill, searches: backfill.searches.map((it) => (it === search ? next : it)) };
}

/** The next page of grants. */
async function nextGrants({ table }: BackfillParts, backfill: Backfill): Promise<Backfill> {
  const { grants, after } = await collectGrantsAgain(table, backfill, backfill.grants.after);
  const counts = { ...backfill.counts, grants: backfill.counts.grants + grants };
  return { ...backfill, counts, grants: after ? { done: false, after } : { done: true } };
}

/** Goes through the grants. @returns as far as there was time, undefined: somebody has begun anew. */
async function collectGrants(parts: BackfillParts, id: string, end: number): Promise<Backfill | undefined> {
  let backfill = await readBackfill(parts.table, id);
  while (!backfill.grants.done && parts.clock().getTime() <= end) {
    backfill = { ...(await nextGrants(parts, backfill)), updatedAt: parts.clock().toISOString() };
    if (!(await writeBackfill(parts.table, backfill, backfill.attempt))) return undefined;
  }
  return backfill;
}

/** @returns whether nothing is left to read. */
export async function runBackfill(parts: BackfillParts, id: string): Promise<{ done: boolean }> {
  const end = parts.clock().getTime() + parts.stretchMs;
  const secrets = await managedSecrets(parts);
  const begun = await collectGrants(parts, id, end);
  if (!begun) return { done: true };
  let backfill = begun;
  let page: string | undefined;
  for (;;) {
    const search = backfill.searches.find((it) => !it.done);
    const now = parts.clock();
    if (!search || now.getTime() > end) return { done: !search };
    const answer = await lookUp(parts, search, backfill.from, page);
    const events = answer.Events ?? [];
    const counts = { ...backfill.counts, pages: backfill.counts.pages + 1 };
    for (const { CloudTrailEvent: text = "" } of events) {
      counts.read += 1;
      counts[await take(parts, text, secrets)] += 1;
    }
    page = answer.NextToken;
    const oldest = events.at(-1)?.EventTime;
    // While there are pages their token goes by the end that they were begun with: the place moves with the last one.
    const next = { ...search, done: page === undefined };
    backfill = replaced({ ...backfill, counts, updatedAt: now.toISOString() }, search, next);
    if (backfill.searches.every((it) => it.done)) backfill = { ...backfill, finishedAt: now.toISOString() };
    const noted = oldest ? replaced(backfill, next, { ...next, readUntil: oldest.toISOString() }) : backfill;
    if (!(await writeBackfill(parts.table, noted, backfill.attempt))) return { done: true };
    if (page === undefined) backfill = noted;
    await parts.pause(betweenCallsMs);
  }
}
