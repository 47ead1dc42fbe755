/** The configuration as numbered items; `current` holds the newest one. */
import { GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Config, StoredConfig } from "../config.ts";
import { DbleaseError } from "../errors.ts";
import { keys, type Table } from "./table.ts";

export async function findConfig(table: Table): Promise<StoredConfig | undefined> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.config("current"), ConsistentRead: true }),
  );
  // Items under `config` are written by this file alone.
  return found.Item
    ? { version: Number(found.Item.version), config: found.Item.config as Config }
    : undefined;
}

/** The configuration in force. @throws BAD_CONFIGURATION before the first deploy has written one. */
export async function readConfigItem(table: Table): Promise<StoredConfig> {
  const found = await findConfig(table);
  if (found) return found;
  throw new DbleaseError("BAD_CONFIGURATION", "no configuration has been deployed yet", {
    next: "deploy dblease.yaml: npx cdk deploy",
  });
}

/** Writes the next version. Two deploys at once: one of them fails on its condition. */
export async function writeConfig(table: Table, config: Config, previousVersion: number): Promise<number> {
  const version = previousVersion + 1;
  await table.client.send(
    new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName: table.name,
            Item: { ...keys.config(version), version, config },
            ConditionExpression: "attribute_not_exists(pk)",
          },
        },
        { Put: { TableName: table.name, Item: { ...keys.config("current"), version, config } } },
      ],
    }),
  );
  return version;
}
