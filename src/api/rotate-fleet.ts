/** POST /fleet-rotations, GET /fleet-rotations/{run}: many passwords at once, for the day one has leaked. */

import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, ExecutionDoesNotExist, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";
import type { FleetRotationResult, FleetRotationView } from "../views.ts";
import { type Call, isAdmin } from "./api.ts";
import { configuredRotations } from "./rotations.ts";
import type { ApiParts } from "./routes.ts";

/** About forty events each, and room for some that hang: one execution has a history of 25,000 (Step Functions quotas). */
const atMost = 200;

/** Names of executions that `rotateFleet` starts. */
const runPattern = /^by-hand-\d+$/;

function noRun(run: string): DbleaseError {
  return new DbleaseError("NOT_FOUND", `there is no run "${run.slice(0, 60)}"`, {
    next: "dblease rotations",
  });
}

/** Absent: all. */
export interface Fleet {
  database?: string | undefined;
  /** A tag of the secret, as `key=value`. */
  tag?: string | undefined;
}

function assertAdmin(call: Call): void {
  if (isAdmin(call)) return;
  throw new DbleaseError("NOT_ALLOWED", "only administrators may rotate", {
    next: "ask one of admins in dblease.yaml",
  });
}

async function hasTag(api: ApiParts, { secret }: Rotation, tag: string): Promise<boolean> {
  const { Tags = [] } = await api.secrets.send(new DescribeSecretCommand({ SecretId: secret }));
  return Tags.some((it) => `${it.Key}=${it.Value}` === tag);
}

async function chosen(api: ApiParts, { database, tag }: Fleet): Promise<Rotation[]> {
  const found: Rotation[] = [];
  for (const it of await configuredRotations(api)) {
    if (database !== undefined && it.database.id !== database) continue;
    if (tag === undefined || (await hasTag(api, it, tag))) found.push(it);
  }
  return found;
}

/** Begins a run of each chosen rotation, a few at a time. @throws NOT_ALLOWED, NOT_FOUND, BAD_REQUEST */
export async function rotateFleet(api: ApiParts, call: Call, fleet: Fleet): Promise<FleetRotationView> {
  assertAdmin(call);
  const rotations = (await chosen(api, fleet)).map(({ id }) => id);
  if (rotations.length === 0) {
    throw new DbleaseError("NOT_FOUND", "no rotation is meant by that", { next: "dblease rotations" });
  }
  if (rotations.length > atMost) {
    throw new DbleaseError("BAD_REQUEST", `${rotations.length} rotations are more than ${atMost} at once`, {
      next: "choose by database or tag",
    });
  }
  const run = `by-hand-${api.clock().getTime()}`;
  await api.workflows.client.send(
    new StartExecutionCommand({
      stateMachineArn: api.fleetMachine,
      name: run,
      input: JSON.stringify({ rotations }),
    }),
  );
  return { run, finished: false, rotations: rotations.map((id) => ({ id, status: "waiting" })) };
}

function soFar(rotation: Rotation | undefined, id: string, startedAt: string): FleetRotationResult {
  const begun = rotation?.startedAt !== undefined && rotation.startedAt >= startedAt;
  return { id, status: begun && rotation.status !== "new" ? rotation.status : "waiting" };
}

/** How far it has come; once it is finished, what came of each. @throws NOT_ALLOWED, NOT_FOUND, UNAVAILABLE */
export async function fleetReport(api: ApiParts, call: Call, run: string): Promise<FleetRotationView> {
  assertAdmin(call);
  if (!runPattern.test(run)) throw noRun(run);
  const executionArn = `${api.fleetMachine.replace(":stateMachine:", ":execution:")}:${run}`;
  const execution = await api.workflows.client
    .send(new DescribeExecutionCommand({ executionArn }))
    .catch((error: unknown) => {
      if (!(error instanceof ExecutionDoesNotExist)) throw error;
      throw noRun(run);
    });
  if (execution.status === "SUCCEEDED") {
    return { run, finished: true, rotations: JSON.parse(execution.output ?? "[]") };
  }
  if (execution.status !== "RUNNING") {
    throw new DbleaseError("UNAVAILABLE", `the run ${run} was stopped: ${execution.status}`, {
      next: "dblease rotations shows what became of each, then begin again",
    });
  }
  const { rotations: ids } = JSON.parse(execution.input ?? "{}") as { rotations: string[] };
  const known = new Map((await configuredRotations(api)).map((it) => [it.id, it]));
  const startedAt = execution.startDate?.toISOString() ?? "";
  return { run, finished: false, rotations: ids.map((id) => soFar(known.get(id), id, startedAt)) };
}
