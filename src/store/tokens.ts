/** Records of tokens, beside the events of their grant, and how many a grant had in this minute. */
import { TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { scopesOf } from "../freeze.ts";
import type { Grant } from "../grant.ts";
import type { TokenEvent } from "../token.ts";
import { unlessFrozen } from "./freezes.ts";
import { conflictOr, keys, type Table } from "./table.ts";

function recordPut(table: Table, event: TokenEvent) {
  return {
    Put: {
      TableName: table.name,
      Item: { ...keys.tokenEvent(event.token.grantId, event.id), ...event },
      ConditionExpression: "attribute_not_exists(pk)",
    },
  };
}

/**
 * Records an issued token if its grant is active and nothing is frozen at that moment: no token leaves that the table
 * does not know. @throws CONFLICT
 */
export async function recordIssued(table: Table, grant: Grant, event: TokenEvent): Promise<void> {
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          recordPut(table, event),
          {
            ConditionCheck: {
              TableName: table.name,
              Key: keys.grant(grant.id),
              ConditionExpression: "#status = :active AND expiresAt > :now",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: { ":active": "active", ":now": event.at },
            },
          },
          ...unlessFrozen(table, scopesOf(grant.database.id, grant.requester.name)),
        ],
      }),
    );
  } catch (error) {
    throw conflictOr(error, grant.id);
  }
}

export async function recordRefused(table: Table, event: TokenEvent): Promise<void> {
  await table.client.send(new TransactWriteCommand({ TransactItems: [recordPut(table, event)] }));
}

/** Counts one more token of this grant. @returns how many there were in this minute. */
export async function countToken(table: Table, grant: Pick<Grant, "id">, now: Date): Promise<number> {
  const minute = now.toISOString().slice(0, 16);
  const counted = await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keys.tokenCount(grant.id, minute),
      UpdateExpression: "ADD tokens :one SET #ttl = :ttl",
      ExpressionAttributeNames: { "#ttl": "ttl" },
      ExpressionAttributeValues: { ":one": 1, ":ttl": Math.floor(now.getTime() / 1000) + 3600 },
      ReturnValues: "ALL_NEW",
    }),
  );
  return Number(counted.Attributes?.tokens);
}
