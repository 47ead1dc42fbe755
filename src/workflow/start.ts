/**
 * The ways to move a workflow: start it, wake it, start a revoke, start a reconciliation. All may be repeated: executions are named,
 * and a task token is only a wake-up, after which the row is read again (dangers 7, 23).
 */
import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import type { Grant, GrantId } from "../grant.ts";
import { readGrant } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";

export interface Workflows {
  client: SFNClient;
  grantMachine: string;
  revokeMachine: string;
  /** Only the API and who watches the logs start it; its schedule does so by itself. */
  reconcileMachine?: string;
}

export function openWorkflows(machines: Omit<Workflows, "client">): Workflows {
  return { client: new SFNClient({}), ...machines };
}

function hasName(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name);
}

/** @returns false if an execution of this name has already ended. */
async function start(workflows: Workflows, machine: string, name: string, id: GrantId): Promise<boolean> {
  try {
    await workflows.client.send(
      new StartExecutionCommand({ stateMachineArn: machine, name, input: JSON.stringify({ grantId: id }) }),
    );
    return true;
  } catch (error) {
    if (hasName(error, "ExecutionAlreadyExists")) return false;
    throw error;
  }
}

/** Starts the grant's own workflow, named by the grant id; while it runs this is a success that does nothing. */
export function startGrant(workflows: Workflows, id: GrantId): Promise<boolean> {
  return start(workflows, workflows.grantMachine, id, id);
}

/** Starts a reconciliation of these databases under this name. */
export async function startReconciliation(
  { client, reconcileMachine }: Pick<Workflows, "client" | "reconcileMachine">,
  name: string,
  databases: readonly string[],
): Promise<void> {
  const input = JSON.stringify({ databases });
  await client.send(new StartExecutionCommand({ stateMachineArn: reconcileMachine, name, input }));
}

/** Name of the revoke execution that belongs to this state of the grant. */
export function revokeName(grant: Pick<Grant, "id" | "revokeNumber">): string {
  return `${grant.id}-${grant.revokeNumber}`;
}

/** Starts `<id>-<revokeNumber>`; several starters of the same number are one execution (dangers 18). */
export function startRevoke(
  workflows: Workflows,
  grant: Pick<Grant, "id" | "revokeNumber">,
): Promise<boolean> {
  return start(workflows, workflows.revokeMachine, revokeName(grant), grant.id);
}

/**
 * Wakes the execution that waits for this grant; called after the row was written. The token is read now: one that
 * was read before the write may be older than the wait, and a wait that begins after the write sees it by itself.
 * @returns false if nobody waits any more.
 */
export async function wake(parts: { table: Table; workflows: Workflows }, id: GrantId): Promise<boolean> {
  const { wakeToken } = await readGrant(parts.table, id);
  if (wakeToken === undefined) return false;
  try {
    await parts.workflows.client.send(new SendTaskSuccessCommand({ taskToken: wakeToken, output: "{}" }));
    return true;
  } catch (error) {
    if (hasName(error, "TaskTimedOut", "TaskDoesNotExist", "InvalidToken")) return false;
    throw error;
  }
}
