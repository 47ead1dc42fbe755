/** Compares what RDS counts of logins by IAM with what explains them, from where the last look has stopped. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { RDSClient } from "@aws-sdk/client-rds";
import {
  firstJudged,
  type LoginSituation,
  marginMs,
  reasons,
  settledUntil,
  strangeHours,
  strangeLogins,
  type Watched,
  watched,
  withoutReason,
} from "../audit/counted-logins.ts";
import type { Observation } from "../finding.ts";
import type { Grant, GrantId, Instant } from "../grant.ts";
import { countLogins } from "../iam/count-logins.ts";
import type { LoginCount, LoginWatch } from "../login-watch.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { findDatabase, noteLogins } from "../store/databases.ts";
import { findGrants, openGrants } from "../store/find-grants.ts";
import { heldGrants } from "../store/held-grants.ts";
import type { Table } from "../store/table.ts";
import { sharesLogins } from "./resolve-members.ts";

interface Parts {
  table: Table;
  rds: RDSClient;
  cloudwatch: CloudWatchClient;
  clock: () => Date;
}

/** BatchGetItem takes so many. */
const perPage = 100;

/** Grants of these databases that gave access at some moment of a period; those that are open, as they are now. */
async function grantsIn(
  table: Table,
  databases: readonly string[],
  period: readonly [Instant, Instant],
): Promise<Grant[]> {
  const grants = new Map<GrantId, Grant>();
  for (const database of databases) {
    let page: string | undefined;
    do {
      const { held, next } = await heldGrants(table, database, period, { limit: perPage, page });
      for (const it of await findGrants(
        table,
        held.map(({ grantId }) => grantId),
      ))
        grants.set(it.id, it);
      page = next;
    } while (page);
  }
  for (const it of await openGrants(table)) if (databases.includes(it.database.id)) grants.set(it.id, it);
  return [...grants.values()];
}

async function unexplained(
  { table, rds, cloudwatch, clock }: Parts,
  { config, database, functions }: LoginSituation,
  { members, databases }: Watched,
  [from, until]: readonly [Instant, Instant],
): Promise<LoginCount[]> {
  const begin = new Date(Date.parse(from) - marginMs);
  const end = new Date(Date.parse(until) + marginMs);
  const counted = await countLogins(cloudwatch, { members, functions }, [begin, end]);
  const logins = counted.logins.filter(({ at }) => at >= from && at < until);
  if (logins.length === 0 || (await sharesLogins(rds, databaseSnapshot(config, database)))) return [];
  const grants = await grantsIn(table, databases, [begin.toISOString(), end.toISOString()]);
  return withoutReason(logins, reasons(grants, counted.calls, clock()));
}

/** Where the next look goes on, and what this one found. */
async function proceed(
  parts: Parts,
  situation: LoginSituation,
  watch: Watched | undefined,
  before: LoginWatch | undefined,
  now: Date,
): Promise<Omit<LoginWatch, "version">> {
  const strange = before?.strange ?? [];
  if (!watch) return { strange: strangeHours(strange, [], now) };
  const { of } = watch;
  if (before?.from === undefined || before.of !== of) return { from: firstJudged(now), of, strange };
  const until = settledUntil(now);
  if (until <= before.from) return { from: before.from, of, strange };
  const found = await unexplained(parts, situation, watch, [before.from, until]);
  return { from: until, of, strange: strangeHours(strange, found, now) };
}

function notRead({ from = "" }: LoginWatch, error: unknown): Observation {
  const why = error instanceof Error ? error.name : String(error);
  return {
    kind: "unreachable",
    what: "count of logins",
    severity: "low",
    sentence: `the logins by IAM since ${from} are not compared with grants yet: not all could be asked (${why})`,
  };
}

/** @returns what is known now, also where CloudWatch does not answer: that keeps nobody from looking at the database. */
export async function watchLogins(parts: Parts, situation: LoginSituation): Promise<Observation[]> {
  const { table, clock } = parts;
  const { logins: before } = await findDatabase(table, situation.database);
  const watch = watched(situation);
  if (!before && !watch) return [];
  const now = clock();
  try {
    const after = await proceed(parts, situation, watch, before, now);
    const isKept = await noteLogins(table, situation.database, after, before?.version);
    // Another look was faster; what it left is where this one goes on.
    return isKept ? strangeLogins(after.strange, now) : await watchLogins(parts, situation);
  } catch (error) {
    if (!before) throw error;
    console.error(JSON.stringify({ message: "logins by IAM not compared", error: String(error) }));
    return [...strangeLogins(before.strange, now), notRead(before, error)];
  }
}
