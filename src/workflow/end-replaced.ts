/**
 * Ends active grants whose server no longer stands under its database's name: a restore, a blue/green switch or a new
 * instance brought another one (dangers 26); and those whose proxy was made anew. One call to RDS for each server and
 * proxy that somebody holds.
 */
import type { Grant, GrantId } from "../grant.ts";
import { replacedBy } from "../replaced.ts";
import { changeStatus } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import type { CurrentServer } from "./current-server.ts";
import { startRevoke, type Workflows, wake } from "./start.ts";

interface Parts {
  table: Table;
  workflows: Workflows;
  currentServer: CurrentServer;
  clock: () => Date;
}

async function end(parts: Parts, grant: Grant, reason: string): Promise<void> {
  const now = parts.clock();
  const revoking = await changeStatus(parts.table, grant, {
    to: "revoking",
    event: "GrantRevoking",
    actor: "dblease",
    patch: {
      end: { cause: "replacement", by: "dblease", reason, at: now.toISOString() },
      revokeNumber: grant.revokeNumber + 1,
    },
    now,
  });
  const woken = await wake(parts, grant.id).catch(() => false);
  if (!woken) await startRevoke(parts.workflows, revoking);
}

/** @returns which grants were ended, and which could not be looked at: RDS did not answer, or they changed meanwhile. */
export async function endReplaced(
  parts: Parts,
  grants: readonly Grant[],
): Promise<{ ended: GrantId[]; failed: { id: GrantId; message: string }[] }> {
  const ended: GrantId[] = [];
  const failed: { id: GrantId; message: string }[] = [];
  for (const grant of grants.filter((it) => it.status === "active" && it.serverId !== undefined)) {
    try {
      const reason = replacedBy(grant, await parts.currentServer(grant));
      if (reason === undefined) continue;
      await end(parts, grant, reason);
      ended.push(grant.id);
    } catch (error) {
      failed.push({ id: grant.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { ended, failed };
}
