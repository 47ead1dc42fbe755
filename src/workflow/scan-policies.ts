/** Who may log in to databases by IAM without a grant: all of the account, or those whom an event names. */
import type { IAMClient } from "@aws-sdk/client-iam";
import { type Explanations, unexplained } from "../audit/explained-logins.ts";
import { type Holder, holdersNamedBy, holderText } from "../audit/holder.ts";
import { policyFindings } from "../audit/policy-findings.ts";
import { policyReach } from "../audit/policy-reach.ts";
import { type Place, type Server, triedLogins } from "../audit/tried-logins.ts";
import { allDatabases, type Finding, type FindingKind, type Observation } from "../finding.ts";
import { accountHolders } from "../iam/account-holders.ts";
import { judgeLogins } from "../iam/judge-logins.ts";
import { namedHolders } from "../iam/named-holders.ts";
import { readConfigItem } from "../store/configs.ts";
import { databaseRecords } from "../store/databases.ts";
import { openGrants } from "../store/find-grants.ts";
import { notePolicyScan } from "../store/policy-scans.ts";
import type { Table } from "../store/table.ts";
import { recordFindings } from "./record-findings.ts";

export interface PolicyScanner {
  table: Table;
  iam: IAMClient;
  place: Place;
  ownRoles: readonly string[];
  clock: () => Date;
}

/** What starts a scan: the day, somebody's wish, or CloudTrail's word that something changed. */
export interface ScanOrder {
  run?: string;
  detail?: unknown;
}

const kinds: readonly FindingKind[] = ["policy", "no_such_action"];

async function knownOf({
  table,
  place,
  ownRoles,
}: PolicyScanner): Promise<Explanations & { servers: Server[] }> {
  const { config } = await readConfigItem(table);
  const accepted = (await databaseRecords(table)).flatMap(({ id, serverId }) =>
    serverId === undefined ? [] : [{ database: id, resourceId: serverId }],
  );
  const listed = Object.entries(config.databases).flatMap(([database, { resourceIds }]) =>
    resourceIds.map((resourceId) => ({ database, resourceId })),
  );
  const grants = new Set((await openGrants(table)).map((it) => it.id));
  return { config, place, ownRoles, grants, servers: [...listed, ...accepted] };
}

/** AWS is asked only where our reading finds something, so that a thousand harmless roles cost no call. */
async function observe(
  { iam, place }: PolicyScanner,
  holder: Holder,
  known: Explanations & { servers: readonly Server[] },
): Promise<Observation[]> {
  const reaching = policyReach(holder.policies, place, holder.boundary);
  const statements = unexplained(holder, reaching, known);
  const judgement =
    statements.length === 0
      ? ({ is: "denied" } as const)
      : await judgeLogins(iam, holder.arn, triedLogins(statements, known.servers, place));
  return policyFindings(holder, statements, judgement);
}

async function observeAll(scanner: PolicyScanner, holders: readonly Holder[]): Promise<Observation[]> {
  const known = await knownOf(scanner);
  const found: Observation[] = [];
  for (const it of holders) found.push(...(await observe(scanner, it, known)));
  return found;
}

async function scanNamed(
  scanner: PolicyScanner,
  record: unknown,
): Promise<{ holders: number; findings: number }> {
  const { looked, found } = await namedHolders(scanner.iam, holdersNamedBy(record));
  const names = new Set(looked.map(holderText));
  const findings = await recordFindings(
    scanner,
    allDatabases,
    await observeAll(scanner, found),
    (it) => kinds.includes(it.kind) && names.has(it.what),
  );
  return { holders: looked.length, findings: findings.length };
}

/** @returns how many users, roles and groups were looked at, and how many findings there are of them. */
export async function scanPolicies(
  scanner: PolicyScanner,
  { run = "daily", detail }: ScanOrder,
): Promise<{ holders: number; findings: number }> {
  if (detail !== undefined) return scanNamed(scanner, detail);
  const begun = scanner.clock().toISOString();
  const holders = await accountHolders(scanner.iam);
  const observations = await observeAll(scanner, holders);
  // What a change has brought meanwhile was not there to be looked at.
  const wasLookedAt = (it: Finding) => kinds.includes(it.kind) && it.seenAt < begun;
  const findings = await recordFindings(scanner, allDatabases, observations, wasLookedAt);
  await notePolicyScan(scanner.table, { run, at: scanner.clock().toISOString(), holders: holders.length });
  return { holders: holders.length, findings: findings.length };
}
