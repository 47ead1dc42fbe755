/** The events of a grant, in order, and after them the records of its tokens; page by page. */
import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { GrantEvent } from "../events.ts";
import type { GrantId } from "../grant.ts";
import type { TokenEvent } from "../token.ts";
import type { Table } from "./table.ts";

/** @param after the sort key that the page before ended with. */
export async function grantEvents(
  table: Table,
  id: GrantId,
  limit: number,
  after: string | undefined,
): Promise<{ events: (GrantEvent | TokenEvent)[]; next?: string }> {
  const pk = `event#${id}`;
  const found = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      ExclusiveStartKey: after === undefined ? undefined : { pk, sk: after },
      Limit: limit,
    }),
  );
  // Items under `event#<grant id>` are grant events and token events.
  const events = (found.Items ?? []).map(
    ({ pk: _, sk: __, ...it }) => it as unknown as GrantEvent | TokenEvent,
  );
  const last: unknown = found.LastEvaluatedKey?.sk;
  return typeof last === "string" ? { events, next: last } : { events };
}
