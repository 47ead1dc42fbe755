import { paginateQuery, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Instant } from "../grant.ts";
import { requesterIndex, type Table } from "../store/table.ts";
import { collectOwn } from "./collect-own.ts";
import type { OwnEvent } from "./from-dblease.ts";

/** Where a scan goes on. */
export type Place = Record<string, unknown>;

/** One page of grants: few enough to be collected in a stretch. */
const pageSize = 50;

/** The grant's events are the record; its lines and days are made of them once more. */
async function collectAgain(table: Table, id: string): Promise<void> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `event#${id}` },
    },
  );
  for await (const page of pages) {
    // Items under `event#` are written from events alone.
    const events = (page.Items ?? []).map(({ pk: _, sk: __, ...event }) => event as unknown as OwnEvent);
    await Promise.all(events.map((it) => collectOwn(table, it)));
  }
}

/**
 * Puts the events of grants that were there in a period on their lines again, a page a call: for those that the table's
 * stream could not tell in time, and those of before there were lines. The index holds grants and nothing else.
 */
export async function collectGrantsAgain(
  table: Table,
  { from, to }: { from: Instant; to: Instant },
  after: Place | undefined,
): Promise<{ grants: number; after: Place | undefined }> {
  const page = await table.client.send(
    new ScanCommand({
      TableName: table.name,
      IndexName: requesterIndex,
      FilterExpression: "requestedAt <= :to AND (attribute_not_exists(closedAt) OR closedAt >= :from)",
      ProjectionExpression: "id",
      ExpressionAttributeValues: { ":from": from, ":to": to },
      Limit: pageSize,
      ...(after ? { ExclusiveStartKey: after } : {}),
    }),
  );
  const ids = (page.Items ?? []).map((it) => String(it.id));
  for (const id of ids) await collectAgain(table, id);
  return { grants: ids.length, after: page.LastEvaluatedKey };
}
