/** Backfills: one item each, written by its run after every page, so that whoever goes on knows where. */
import { GetCommand, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import type { Backfill } from "../backfill.ts";
import { DbleaseError } from "../errors.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

/** Items under `backfill` are written by this file alone, from a Backfill. */
function asBackfill({ pk: _, sk: __, ...item }: Record<string, unknown>): Backfill {
  return item as unknown as Backfill;
}

export async function readBackfill(table: Table, id: string): Promise<Backfill> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.backfill(id), ConsistentRead: true }),
  );
  if (Item) return asBackfill(Item);
  throw new DbleaseError("NOT_FOUND", `there is no backfill "${id.slice(0, 60)}"`, {
    next: "dblease audit backfill",
  });
}

/** All that there ever were. */
export async function findBackfills(table: Table): Promise<Backfill[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "backfill" },
      ConsistentRead: true,
    },
  );
  const found: Backfill[] = [];
  for await (const page of pages) found.push(...(page.Items ?? []).map(asBackfill));
  return found;
}

/** Writes it if nobody has begun it anew meanwhile. @returns whether it is still this attempt's. */
export async function writeBackfill(table: Table, backfill: Backfill, before: number): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.backfill(backfill.id), ...backfill },
        ConditionExpression: before === 0 ? "attribute_not_exists(pk)" : "attempt = :before",
        ...(before === 0 ? {} : { ExpressionAttributeValues: { ":before": before } }),
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
