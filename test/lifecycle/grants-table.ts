import { randomUUID } from "node:crypto";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Table } from "../../src/store/table.ts";

/** A table of its own, with the keys and indexes of infra/constructs/grants-table.ts. */
export async function makeGrantsTable(client: DynamoDBDocumentClient): Promise<Table> {
  const TableName = `lifecycle-${randomUUID()}`;
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: "S" }) as const;
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" as const },
    { AttributeName: range, KeyType: "RANGE" as const },
  ];
  const index = (IndexName: string, hash: string, range: string) => ({
    IndexName,
    KeySchema: key(hash, range),
    Projection: { ProjectionType: "ALL" as const },
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "open", "dueAt", "requesterId", "requestedAt"].map(text),
      KeySchema: key("pk", "sk"),
      GlobalSecondaryIndexes: [
        index("open", "open", "dueAt"),
        index("requester", "requesterId", "requestedAt"),
      ],
    }),
  );
  return { client, name: TableName };
}
