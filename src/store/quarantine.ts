/** What could not be read as an audit event: that it was there, why it was refused, and how it is known again. */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Instant } from "../grant.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

export interface Quarantined {
  /** SHA-256 of the whole text. The text itself may hold anything, and CloudTrail keeps it for 90 days. */
  sha256: string;
  at: Instant;
  reason: string;
  bytes: number;
  /** Under which it is found in CloudTrail, where it says so. */
  eventId?: string;
}

/** @returns false if it is there already. */
export async function quarantine(table: Table, record: Quarantined): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.quarantine(record.at, record.sha256), ...record },
        ConditionExpression: "attribute_not_exists(pk)",
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
