/**
 * What is remembered of each database beside the configuration: the server that was accepted for it, when it was last
 * reconciled, and how far its logins by IAM are compared. A restore, a point-in-time recovery or a blue/green switch
 * brings another server under the same name, with users of another time; it serves no grant before an administrator has
 * accepted it (dangers 26).
 */
import { GetCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Instant, Member } from "../grant.ts";
import type { LoginWatch } from "../login-watch.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";
import { updateExpression } from "./update-expression.ts";

export interface DatabaseRecord {
  id: string;
  /** RDS resource id of the accepted server; absent: RDS does not know it, so that another one cannot be told. */
  serverId?: string;
  /** Person name, or `dblease` for the first one. */
  acceptedBy?: string;
  acceptedAt?: Instant;
  reconciledAt?: Instant;
  /** Execution that reconciled it last. */
  run?: string;
  logins?: LoginWatch;
}

function asRecord({ pk: _, sk, ...item }: Record<string, unknown>): DatabaseRecord {
  return { ...item, id: String(sk) };
}

export async function findDatabase(table: Table, id: string): Promise<DatabaseRecord> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.database(id), ConsistentRead: true }),
  );
  return found.Item ? asRecord(found.Item) : { id };
}

export async function databaseRecords(table: Table): Promise<DatabaseRecord[]> {
  const found = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "database" },
      ConsistentRead: true,
    }),
  );
  return (found.Items ?? []).map(asRecord);
}

async function write(
  table: Table,
  id: string,
  patch: Partial<DatabaseRecord>,
  condition?: string,
): Promise<void> {
  const update = updateExpression(patch);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keys.database(id),
      UpdateExpression: update.expression,
      ExpressionAttributeNames: update.names,
      ExpressionAttributeValues: update.values,
      ConditionExpression: condition,
    }),
  );
}

export function acceptServer(
  table: Table,
  id: string,
  serverId: string,
  by: string,
  now: Date,
): Promise<void> {
  return write(table, id, { serverId, acceptedBy: by, acceptedAt: now.toISOString() });
}

/** The first server ever seen under this name is taken as it is. */
export async function acceptFirstServer(
  table: Table,
  id: string,
  members: readonly Member[],
  now: Date,
): Promise<void> {
  const serverId = members[0]?.resourceId;
  if (!serverId) return;
  const accepted = { serverId, acceptedBy: "dblease", acceptedAt: now.toISOString() };
  await write(table, id, accepted, "attribute_not_exists(serverId)").catch((error: unknown) => {
    if (!isConditionFailure(error)) throw error;
  });
}

export function noteReconciled(table: Table, id: string, run: string, now: Date): Promise<void> {
  return write(table, id, { reconciledAt: now.toISOString(), run });
}

/** @param before version that it rests on; absent: there was none. @returns false: somebody else was first. */
export async function noteLogins(
  table: Table,
  id: string,
  logins: Omit<LoginWatch, "version">,
  before: number | undefined,
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keys.database(id),
        UpdateExpression: "SET #logins = :logins",
        ConditionExpression:
          before === undefined ? "attribute_not_exists(#logins)" : "#logins.#version = :before",
        ExpressionAttributeNames: {
          "#logins": "logins",
          ...(before === undefined ? {} : { "#version": "version" }),
        },
        ExpressionAttributeValues: {
          ":logins": { ...logins, version: (before ?? 0) + 1 },
          ...(before === undefined ? {} : { ":before": before }),
        },
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/** Says so if the database runs on another server than the accepted one. */
export async function movedServer(
  table: Table,
  id: string,
  members: readonly Member[],
): Promise<string | undefined> {
  const { serverId } = await findDatabase(table, id);
  const current = members[0]?.resourceId;
  if (!serverId || !current || serverId === current) return undefined;
  return `database ${id} runs on another server (${current}) than the accepted one (${serverId})`;
}
