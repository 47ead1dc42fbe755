/** Findings of the reconciler; opening and closing one is one transaction with its event. */
import { GetCommand, paginateQuery, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Finding, FindingEvent, FindingKind } from "../finding.ts";
import { keys, type Table } from "./table.ts";
import { updateExpression } from "./update-expression.ts";

/** Items under `finding` are written by this file alone, from a Finding. */
function asFinding({ pk: _, sk: __, ...it }: Record<string, unknown>): Finding {
  return it as unknown as Finding;
}

/** All findings, of one scope and kind or of all; the closed ones too, since one that comes back is the same. */
export async function findFindings(table: Table, database?: string, kind?: FindingKind): Promise<Finding[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: database === undefined ? "pk = :pk" : "pk = :pk AND begins_with(sk, :sk)",
      ExpressionAttributeValues: {
        ":pk": "finding",
        ...(database === undefined ? {} : { ":sk": `${database}/${kind === undefined ? "" : `${kind}/`}` }),
      },
      ConsistentRead: true,
    },
  );
  const found: Finding[] = [];
  for await (const page of pages) {
    found.push(...(page.Items ?? []).map(asFinding));
  }
  return found;
}

export async function findFinding(table: Table, id: string): Promise<Finding | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.finding(id), ConsistentRead: true }),
  );
  return item && asFinding(item);
}

/** Writes a finding as something has changed it, with the event of that. Rejects if somebody else was first. */
export async function changeFinding(
  table: Table,
  finding: Finding,
  { name, at, actor }: Pick<FindingEvent, "name" | "at" | "actor">,
): Promise<void> {
  const event: FindingEvent = {
    id: `${finding.id}-${finding.version}`,
    name,
    at,
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
  const { id, seen, seenAt, sentence, severity, evidence, repair } = finding;
  const update = updateExpression({ seen, seenAt, sentence, severity, evidence, repair });
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
