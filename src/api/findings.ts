/** GET /findings, POST /reconciliations, POST /databases/{id}/accept: what no grant explains, and looking for it. */
import { DbleaseError } from "../errors.ts";
import { findingId, isAcknowledged, type Severity } from "../finding.ts";
import type { Instant } from "../grant.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { acceptServer, type DatabaseRecord, databaseRecords, findDatabase } from "../store/databases.ts";
import { changeFinding, findFindings } from "../store/findings.ts";
import { lastPolicyScan } from "../store/policy-scans.ts";
import type { FindingsView, FindingView, ReconciliationView } from "../views.ts";
import { resolveMembers } from "../workflow/resolve-members.ts";
import { startReconciliation } from "../workflow/start.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import { findingView } from "./finding-view.ts";
import type { ApiParts } from "./routes.ts";

function assertAdmin(call: Call, what: string): void {
  if (isAdmin(call)) return;
  throw new DbleaseError("NOT_ALLOWED", `only administrators may ${what}`, {
    next: "ask one of admins in dblease.yaml",
  });
}

const rank: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };

function worstFirst(one: FindingView, other: FindingView): number {
  return rank[one.severity] - rank[other.severity] || other.openedAt.localeCompare(one.openedAt);
}

/**
 * Open findings, and when each database and IAM were looked at. @throws NOT_ALLOWED
 * @param all those too that somebody has acknowledged.
 * @param closedSince those too that were closed at this instant or later.
 */
export async function listFindings(
  api: ApiParts,
  call: Call,
  { all, closedSince }: { all: boolean; closedSince?: Instant | undefined },
): Promise<FindingsView> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors see findings", {
      next: "dblease grants shows what is yours",
    });
  }
  const now = api.clock();
  const findings = (await findFindings(api.table))
    .filter((it) =>
      it.closedAt === undefined
        ? all || !isAcknowledged(it, now)
        : closedSince !== undefined && it.closedAt >= closedSince,
    )
    .map(findingView)
    .sort(worstFirst);
  const policyScan = await lastPolicyScan(api.table);
  return { findings, databases: await databaseRecords(api.table), ...(policyScan ? { policyScan } : {}) };
}

/** Starts a reconciliation. @param database absent: all of them. @throws NOT_ALLOWED, NOT_FOUND */
export async function reconcileNow(
  api: ApiParts,
  call: Call,
  database: string | undefined,
): Promise<ReconciliationView> {
  assertAdmin(call, "reconcile");
  const { config } = call.stored;
  const databases = database === undefined ? Object.keys(config.databases) : [database];
  for (const id of databases) databaseSnapshot(config, id);
  const run = `by-hand-${api.clock().getTime()}`;
  await startReconciliation(api.workflows, run, databases);
  return { run, databases };
}

/**
 * Accepts the server that a database runs on now, after a restore or a switch; from then on it serves grants again.
 * @throws NOT_ALLOWED, NOT_FOUND, UNAVAILABLE, WRONG_STATUS (RDS does not know its server).
 */
export async function accept(api: ApiParts, call: Call, database: string): Promise<DatabaseRecord> {
  assertAdmin(call, "accept a server");
  const [writer] = await resolveMembers(api.rds, databaseSnapshot(call.stored.config, database));
  if (!writer?.resourceId) {
    throw new DbleaseError("WRONG_STATUS", `RDS does not know the server of ${database}: nothing to accept`, {
      next: `dblease reconcile --database ${database}`,
    });
  }
  const now = api.clock();
  await acceptServer(api.table, database, writer.resourceId, call.person.name, now);
  const id = findingId(database, { kind: "new_server", what: "server" });
  const open = (await findFindings(api.table, database)).find((it) => it.id === id && !it.closedAt);
  if (open) {
    const closed = { ...open, version: open.version + 1, closedAt: now.toISOString() };
    const event = { name: "FindingClosed", at: closed.closedAt, actor: call.person.name } as const;
    await changeFinding(api.table, closed, event);
  }
  return findDatabase(api.table, database);
}
