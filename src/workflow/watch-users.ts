/**
 * A statement that makes or changes a database user, and is not of a grant, has the database reconciled: a user made by
 * hand is a finding within seconds. Who writes lines can start reconciliations with it and nothing else, so there is one
 * in a few seconds at most, which begins when they are over and sees all that was done in them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ExecutionAlreadyExists } from "@aws-sdk/client-sfn";
import type { LogBatch } from "../audit/log-batch.ts";
import { databasesOn, readLogGroup } from "../audit/log-group.ts";
import { grantIdOf } from "../audit/session-note.ts";
import { usersMade } from "../audit/user-statements.ts";
import { readConfigItem } from "../store/configs.ts";
import { findGrants } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import { startReconciliation, type Workflows } from "./start.ts";

const spanMs = 5_000;

interface Parts {
  table: Table;
  workflows: Pick<Workflows, "client" | "reconcileMachine">;
  clock: () => Date;
}

/** BatchGetItem takes so many; a batch with more users of ours is worth a look. */
const mostGrants = 100;

async function areOfGrants(table: Table, names: readonly string[]): Promise<boolean> {
  const ids = new Set(names.map(grantIdOf));
  if (ids.has(undefined) || ids.size > mostGrants) return false;
  const grants = await findGrants(
    table,
    [...ids].filter((it) => it !== undefined),
  );
  return grants.length === ids.size;
}

/** @returns the databases that are looked at. */
export async function watchUsers({ table, workflows, clock }: Parts, batch: LogBatch): Promise<string[]> {
  const group = readLogGroup(batch.logGroup);
  const names = batch.logEvents.flatMap(({ message }) => usersMade(message, group.type));
  if (names.length === 0 || (await areOfGrants(table, names))) return [];
  const databases = databasesOn((await readConfigItem(table)).config, group);
  const end = Math.floor(clock().getTime() / spanMs + 1) * spanMs;
  await sleep(end - clock().getTime());
  for (const it of databases) {
    await startReconciliation(workflows, `users-${it}-${end / spanMs}`, [it]).catch((error: unknown) => {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    });
  }
  return databases;
}
