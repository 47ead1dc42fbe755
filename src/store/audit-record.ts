/** The record of what was added to the table: one entry an event, a partition an hour, only ever added to. */
import { BatchGetCommand, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { Day, RecordEntry } from "../audit/day-digest.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

/** Items of one BatchGetItem at most (DynamoDB API reference). */
const batch = 100;
const batchesAtOnce = 8;

type Item = Record<string, unknown>;

export async function addRecordEntry(table: Table, entry: RecordEntry): Promise<void> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.record(entry), entry },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
  } catch (error) {
    // The stream told it twice.
    if (!isConditionFailure(error)) throw error;
  }
}

/** All entries of one hour, UTC. */
export async function recordEntries(table: Table, day: Day, hour: number): Promise<RecordEntry[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `record#${day}T${String(hour).padStart(2, "0")}` },
      ConsistentRead: true,
    },
  );
  const found: RecordEntry[] = [];
  // Items under `record#` are written by this file alone.
  for await (const page of pages) found.push(...(page.Items ?? []).map((it) => it.entry as RecordEntry));
  return found;
}

/** The items of these keys that are there, in any order. */
export async function itemsAt(table: Table, wanted: readonly { pk: string; sk: string }[]): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(wanted.length / batch) }, (_, index) =>
    wanted.slice(index * batch, (index + 1) * batch),
  );
  const found: Item[] = [];
  const work = async () => {
    for (let next = batches.pop(); next; next = batches.pop()) {
      found.push(...(await batchGet(table, next)));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, work));
  return found;
}

async function batchGet(table: Table, Keys: { pk: string; sk: string }[]): Promise<Item[]> {
  const found: Item[] = [];
  // DynamoDB gives what fits and says what it left out.
  for (let left = Keys; left.length > 0; ) {
    const { Responses, UnprocessedKeys } = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: left, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[table.name] ?? []));
    left = (UnprocessedKeys?.[table.name]?.Keys ?? []) as typeof left;
  }
  return found;
}
