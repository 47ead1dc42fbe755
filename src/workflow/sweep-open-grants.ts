/** The sweeper: every minute, reads the table, and mends what a lost, stopped or late workflow left (dangers 23). */
import type { Grant } from "../grant.ts";
import { dueGrants, findGrant, openGrants } from "../store/find-grants.ts";
import { changeStatus, touchGrant } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import { attentionAt, type SweepAction, sweep } from "../sweep.ts";
import type { CurrentServer } from "./current-server.ts";
import { endReplaced } from "./end-replaced.ts";
import { settle } from "./settle.ts";
import { revokeName, startGrant, startRevoke, type Workflows, wake } from "./start.ts";

interface Parts {
  table: Table;
  workflows: Workflows;
  /** Has the engine's revoke function look at the user of a closed grant once more; does not wait for it. */
  lookAgain: (grant: Grant, holder: string) => Promise<void>;
  currentServer: CurrentServer;
  clock: () => Date;
}

/** What was done to which grant. */
interface Done {
  id: string;
  action: SweepAction | "end_replaced";
}

/** Moves `dueAt` on before acting: two sweepers at once, or one that dies, do a thing once. */
async function claim(parts: Parts, grant: Grant, revokeNumber: number): Promise<boolean> {
  return touchGrant(
    parts.table,
    grant.id,
    { revokeNumber, dueAt: attentionAt(grant, parts.clock()) },
    {
      expression: "#v = :v AND #d = :d",
      names: { "#v": "version", "#d": "dueAt" },
      values: { ":v": grant.version, ":d": grant.dueAt },
    },
  );
}

/** Starts the workflow of a grant that waits, or wakes it; a workflow that was stopped before the grant began ends the grant. */
async function resume(parts: Parts, grant: Grant): Promise<void> {
  const awake = grant.status !== "active" && (await startGrant(parts.workflows, grant.id));
  const woken = grant.status !== "requested" && (await wake(parts, grant.id));
  if (grant.status === "approved" && !awake && !woken) {
    await settle(parts, grant.id, {
      Error: "UNAVAILABLE",
      Cause: "its workflow was stopped before it began",
    });
  }
}

/** The event tells the reviewers; the version makes it one event however many sweepers there are. */
async function remind(parts: Parts, grant: Grant): Promise<SweepAction> {
  const now = parts.clock();
  await changeStatus(parts.table, grant, { to: grant.status, event: "ReviewDue", actor: "dblease", now });
  return "remind";
}

async function act(parts: Parts, grant: Grant): Promise<SweepAction> {
  const action = sweep(grant, parts.clock());
  if (action === "none") return action;
  if (action === "remind") return remind(parts, grant);
  const again = action === "revoke" || action === "recheck";
  const revokeNumber = grant.revokeNumber + (again ? 1 : 0);
  if (!(await claim(parts, grant, revokeNumber))) return "none";
  if (action === "recheck") await parts.lookAgain(grant, revokeName({ id: grant.id, revokeNumber }));
  else if (again) await startRevoke(parts.workflows, { id: grant.id, revokeNumber });
  else if (action === "lapse") await settle(parts, grant.id, {});
  else await resume(parts, grant);
  return action;
}

/**
 * One sweep over all due grants, and over those whose server may have been replaced. One grant that cannot be mended does not keep the others from it.
 * @returns what was done to which grant, and what failed.
 */
export async function sweepOpenGrants(
  parts: Parts,
): Promise<{ done: Done[]; failed: { id: string; message: string }[] }> {
  const done: Done[] = [];
  const failed: { id: string; message: string }[] = [];
  for (const { id } of await dueGrants(parts.table, parts.clock())) {
    try {
      const grant = await findGrant(parts.table, id);
      if (grant) done.push({ id, action: await act(parts, grant) });
    } catch (error) {
      failed.push({ id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const replaced = await endReplaced(parts, await openGrants(parts.table));
  done.push(...replaced.ended.map((id): Done => ({ id, action: "end_replaced" })));
  return { done, failed: [...failed, ...replaced.failed] };
}
