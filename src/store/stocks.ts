/** The users of each database as the last reconciliation found them. */
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Stock } from "../stock.ts";
import { keys, type Table } from "./table.ts";

export async function findStock(table: Table, database: string): Promise<Stock | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.stock(database), ConsistentRead: true }),
  );
  // Written by `writeStock` alone.
  return item?.stock as Stock | undefined;
}

export async function writeStock(table: Table, database: string, stock: Stock): Promise<void> {
  await table.client.send(
    new PutCommand({ TableName: table.name, Item: { ...keys.stock(database), stock } }),
  );
}
