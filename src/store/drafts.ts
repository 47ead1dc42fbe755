/** Drafts: one item each, gone a week after nobody can claim it any more. */
import { GetCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Draft, DraftEvent } from "../draft.ts";
import type { GrantId, Instant } from "../grant.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

const keptSeconds = 7 * 86_400;

/** Items under `draft` are written by this file alone, from a Draft. */
function asDraft({ pk: _, sk: __, ttl: ___, ...draft }: Record<string, unknown>): Draft {
  return draft as unknown as Draft;
}

/** The draft, read strongly; undefined: there is none. */
export async function findDraft(table: Table, id: GrantId): Promise<Draft | undefined> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.draft(id), ConsistentRead: true }),
  );
  return found.Item === undefined ? undefined : asDraft(found.Item);
}

/** All drafts that are still kept. */
export async function findDrafts(table: Table): Promise<Draft[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "draft" },
      ConsistentRead: true,
    },
  );
  const drafts: Draft[] = [];
  for await (const page of pages) drafts.push(...(page.Items ?? []).map(asDraft));
  return drafts;
}

/** Writes a draft with its event. @returns false if this event has made it already. */
export async function createDraft(table: Table, draft: Draft): Promise<boolean> {
  const event: DraftEvent = {
    id: `${draft.id}-0`,
    name: "AccessDrafted",
    at: draft.madeAt,
    version: 0,
    actor: draft.source,
    draft,
  };
  const ttl = Math.floor(Date.parse(draft.claimBy) / 1000) + keptSeconds;
  const once = { TableName: table.name, ConditionExpression: "attribute_not_exists(pk)" };
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { ...once, Item: { ...keys.draft(draft.id), ...draft, ttl } } },
          { Put: { ...once, Item: { ...keys.event(draft.id, 0), ...event } } },
        ],
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/** The item of a transaction that claims a draft, once. */
export function claimOf(table: Table, id: GrantId, at: Instant) {
  return {
    Update: {
      TableName: table.name,
      Key: keys.draft(id),
      UpdateExpression: "SET claimedAt = :at",
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(claimedAt)",
      ExpressionAttributeValues: { ":at": at },
    },
  };
}
