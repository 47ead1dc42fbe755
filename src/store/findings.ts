/** Findings of the reconciler; opening and closing one is one transaction with its event. */
import { paginateQuery, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Finding, FindingEvent } from "../finding.ts";
import { keys, type Table } from "./table.ts";
import { updateExpression } from "./update-expression.ts";

/** All findings, of one database or of all; the closed ones too, since one that comes back is the same. */
export async function findFindings(table: Table, database?: string): Promise<Finding[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: database === undefined ? "pk = :pk" : "pk = :pk AND begins_with(sk, :sk)",
      ExpressionAttributeValues: {
        ":pk": "finding",
        ...(database === undefined ? {} : { ":sk": `${database}/` }),
      },
      ConsistentRead: true,
    },
  );
  const found: Finding[] = [];
  for await (const page of pages) {
    // Items under `finding` are written by this file alone, from a Finding.
    found.push(...(page.Items ?? []).map(({ pk: _, sk: __, ...it }) => it as unknown as Finding));
  }
  return found;
}

/** Writes an opened or closed finding with its event. Rejects if another reconciliation was first. */
export async function changeFinding(table: Table, finding: Finding, actor: string): Promise<void> {
  const name = finding.closedAt === undefined ? "FindingOpened" : "FindingClosed";
  const event: FindingEvent = {
    id: `${finding.id}-${finding.version}`,
    name,
    at: finding.closedAt ?? finding.seenAt,
    version: finding.version,
    actor,
    finding,
  };
  const isFirst = finding.version === 1;
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName: table.name,
            Item: { ...keys.finding(finding.id), ...finding },
            ConditionExpression: isFirst ? "attribute_not_exists(pk)" : "#version = :before",
            ...(isFirst
              ? {}
              : {
                  ExpressionAttributeNames: { "#version": "version" },
                  ExpressionAttributeValues: { ":before": finding.version - 1 },
                }),
          },
        },
        {
          Put: {
            TableName: table.name,
            Item: { ...keys.findingEvent(finding.id, finding.version), ...event },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
      ],
    }),
  );
}

/** Notes that an open finding was there once more; no event tells the same thing every day. */
export async function seeFindingAgain(table: Table, finding: Finding): Promise<void> {
  const { id, seen, seenAt, sentence, repair } = finding;
  const update = updateExpression({ seen, seenAt, sentence, repair });
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: keys.finding(id),
      UpdateExpression: update.expression,
      ExpressionAttributeNames: update.names,
      ExpressionAttributeValues: update.values,
    }),
  );
}
