/**
 * Events from the table's stream to wherever they are told. One bad record must not block the shard (dangers 28), so
 * the first failure is named and everything before it counts as done. Dblease tells of what is in its table and
 * never reads its own events from a bus, where anybody could put them (dangers 9).
 */
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type { DbleaseEvent } from "../events.ts";

function isEvent(record: DynamoDBRecord): boolean {
  return record.eventName === "INSERT" && (record.dynamodb?.Keys?.pk?.S ?? "").startsWith("event#");
}

function eventOf(record: DynamoDBRecord): DbleaseEvent {
  // The stream's image and the SDK's attribute type are one shape, declared in two packages.
  const image = (record.dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0];
  const { pk: _, sk: __, ...event } = unmarshall(image);
  return event as DbleaseEvent;
}

/** @returns the first record that could not be told; Lambda sends it and all after it again. */
export async function forwardEvents(
  records: readonly DynamoDBRecord[],
  tell: (event: DbleaseEvent) => Promise<void>,
): Promise<DynamoDBBatchResponse> {
  for (const record of records.filter(isEvent)) {
    try {
      await tell(eventOf(record));
    } catch (error) {
      console.error(
        JSON.stringify({ message: "event not forwarded", record: record.eventID, error: String(error) }),
      );
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
    }
  }
  return { batchItemFailures: [] };
}
