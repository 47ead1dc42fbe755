/** Reading grants: one strongly, or many by an index. */
import { BatchGetCommand, GetCommand, paginateQuery, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { Grant, GrantId } from "../grant.ts";
import { keys, openIndex, requesterIndex, type Table } from "./table.ts";

/** The grant, read strongly; undefined: there is none. */
export async function findGrant(table: Table, id: GrantId): Promise<Grant | undefined> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.grant(id), ConsistentRead: true }),
  );
  return found.Item === undefined ? undefined : asGrant(found.Item);
}

/** The grant, read strongly. @throws NOT_FOUND */
export async function readGrant(table: Table, id: GrantId): Promise<Grant> {
  const grant = await findGrant(table, id);
  if (grant) return grant;
  throw new DbleaseError("NOT_FOUND", `there is no grant ${id}`, { next: "dblease grants" });
}

/** Items under `grant#<id>`, `grant` are written by this file alone, from a Grant. */
function asGrant(item: Record<string, unknown>): Grant {
  const { pk: _, sk: __, open: ___, requesterId: ____, ...grant } = item;
  return grant as unknown as Grant;
}

/** All pages of one query on the index of open grants. */
async function queryOpen(
  table: Table,
  more: { condition: string; values: Record<string, unknown> },
): Promise<Grant[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      IndexName: openIndex,
      KeyConditionExpression: `#open = :open${more.condition}`,
      ExpressionAttributeNames: { "#open": "open" },
      ExpressionAttributeValues: { ":open": "open", ...more.values },
    },
  );
  const grants: Grant[] = [];
  for await (const page of pages) grants.push(...(page.Items ?? []).map(asGrant));
  return grants;
}

/** All grants that are not finished for good. */
export function openGrants(table: Table): Promise<Grant[]> {
  return queryOpen(table, { condition: "", values: {} });
}

/** The open grants the sweeper must look at by `now`. */
export function dueGrants(table: Table, now: Date): Promise<Grant[]> {
  return queryOpen(table, { condition: " AND dueAt <= :now", values: { ":now": now.toISOString() } });
}

/** The newest grants of one requester, newest first, `limit` at most. */
export async function grantsOf(table: Table, requesterId: string, limit: number): Promise<Grant[]> {
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: requesterIndex,
      KeyConditionExpression: "requesterId = :requester",
      ExpressionAttributeValues: { ":requester": requesterId },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return (page.Items ?? []).map(asGrant);
}

/** These grants, 100 at most, in any order; those that there are not are left out. */
export async function findGrants(table: Table, ids: readonly GrantId[]): Promise<Grant[]> {
  const grants: Grant[] = [];
  let wanted: Record<string, unknown>[] = [...new Set(ids)].map(keys.grant);
  while (wanted.length > 0) {
    const { Responses, UnprocessedKeys } = await table.client.send(
      new BatchGetCommand({ RequestItems: { [table.name]: { Keys: wanted } } }),
    );
    grants.push(...(Responses?.[table.name] ?? []).map(asGrant));
    wanted = UnprocessedKeys?.[table.name]?.Keys ?? [];
  }
  return grants;
}
