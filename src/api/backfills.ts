/** GET and POST /audit/backfills: reading CloudTrail's past into the audit. */
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  type Backfill,
  backfillId,
  backfillProgress,
  backfillStatus,
  historyDays,
  searchesFor,
} from "../backfill.ts";
import { DbleaseError } from "../errors.ts";
import type { Instant } from "../grant.ts";
import { findBackfills, writeBackfill } from "../store/backfills.ts";
import type { BackfillView } from "../views.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

function view(backfill: Backfill, now: Date): BackfillView {
  const { searches: _, grants: __, attempt: ___, updatedAt: ____, ...shown } = backfill;
  return { ...shown, status: backfillStatus(backfill, now), progress: backfillProgress(backfill) };
}

/** The newest first. @throws NOT_ALLOWED */
export async function listBackfills(api: ApiParts, call: Call): Promise<BackfillView[]> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors see what was read of the past", {
      next: "ask one of admins or auditors in dblease.yaml",
    });
  }
  const all = await findBackfills(api.table);
  return all.sort((a, b) => b.startedAt.localeCompare(a.startedAt)).map((it) => view(it, api.clock()));
}

function assertPeriod({ from, to }: { from: Instant; to: Instant }, now: Date): void {
  const earliest = new Date(now.getTime() - historyDays * 86_400_000).toISOString();
  if (from < earliest) {
    throw new DbleaseError("BAD_REQUEST", `CloudTrail's event history has ${historyDays} days`, {
      next: `say from ${earliest} on; what is older, only a trail's own files have`,
    });
  }
  if (from >= to) {
    throw new DbleaseError("BAD_REQUEST", "from is not before to", { next: "exchange them" });
  }
}

/**
 * Begins to read a period, or goes on with it where it stopped; one at a time, because CloudTrail allows two calls a
 * second. @throws NOT_ALLOWED, BAD_REQUEST, CONFLICT while another one runs.
 */
export async function startBackfill(
  api: ApiParts,
  call: Call,
  period: { from: Instant; to: Instant },
): Promise<BackfillView> {
  if (!isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators may read CloudTrail's past into the audit", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  const now = api.clock();
  assertPeriod(period, now);
  const id = backfillId(period.from, period.to);
  const all = await findBackfills(api.table);
  const known = all.find((it) => it.id === id);
  if (known && backfillStatus(known, now) !== "stopped") return view(known, now);
  const running = all.find((it) => backfillStatus(it, now) === "running");
  if (running) {
    throw new DbleaseError("CONFLICT", `the past from ${running.from} to ${running.to} is being read`, {
      next: "dblease audit backfill shows how far it is; begin again when it is done",
    });
  }
  const at = now.toISOString();
  const begun: Backfill = known
    ? { ...known, attempt: known.attempt + 1, updatedAt: at }
    : {
        id,
        ...period,
        by: call.person.name,
        attempt: 1,
        startedAt: at,
        updatedAt: at,
        grants: { done: false },
        searches: searchesFor(period.to, api.backfill.region, api.backfill.connectRole),
        counts: { grants: 0, pages: 0, read: 0, recorded: 0, known: 0, passedOver: 0, quarantined: 0 },
      };
  if (await writeBackfill(api.table, begun, begun.attempt - 1)) {
    await api.workflows.client.send(
      new StartExecutionCommand({
        stateMachineArn: api.backfill.machine,
        name: `${id}-${begun.attempt}`,
        input: JSON.stringify({ id }),
      }),
    );
  }
  return view(begun, now);
}
