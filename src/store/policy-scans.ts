/** When IAM was last looked through, all of it. */
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Instant } from "../grant.ts";
import { keys, type Table } from "./table.ts";

export interface PolicyScan {
  /** Name given by who asked for it. */
  run: string;
  at: Instant;
  /** Users, roles and groups. */
  holders: number;
}

export async function notePolicyScan(table: Table, scan: PolicyScan): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...keys.policyScan(), ...scan } }));
}

export async function lastPolicyScan(table: Table): Promise<PolicyScan | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.policyScan(), ConsistentRead: true }),
  );
  // Written by `notePolicyScan` alone.
  return item && { run: item.run, at: item.at, holders: item.holders };
}
