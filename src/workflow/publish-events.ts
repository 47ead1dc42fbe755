/**
 * Events from the table's stream to the bus. Publishing is one direction only: dblease never reads its own events
 * from a bus (dangers 9). PutEvents can fail in part without throwing, and one bad record must not block the
 * shard (dangers 28), so the first failure is named and everything before it counts as done.
 */
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";

function isEvent(record: DynamoDBRecord): boolean {
  return record.eventName === "INSERT" && (record.dynamodb?.Keys?.pk?.S ?? "").startsWith("event#");
}

function entry(record: DynamoDBRecord, bus: string) {
  // The stream's image and the SDK's attribute type are one shape, declared in two packages.
  const {
    pk: _,
    sk: __,
    ...event
  } = unmarshall((record.dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0]);
  return {
    EventBusName: bus,
    Source: "dblease",
    DetailType: String(event.name),
    Time: new Date(String(event.at)),
    Detail: JSON.stringify(event),
  };
}

/** @returns the first record that was not published; Lambda sends it and all after it again. */
export async function publishEvents(
  to: { client: EventBridgeClient; bus: string },
  records: readonly DynamoDBRecord[],
): Promise<DynamoDBBatchResponse> {
  for (const record of records.filter(isEvent)) {
    try {
      const answer = await to.client.send(new PutEventsCommand({ Entries: [entry(record, to.bus)] }));
      if (answer.FailedEntryCount)
        throw new Error(answer.Entries?.[0]?.ErrorMessage ?? "PutEvents refused an event");
    } catch (error) {
      console.error(
        JSON.stringify({ message: "event not published", record: record.eventID, error: String(error) }),
      );
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? "" }] };
    }
  }
  return { batchItemFailures: [] };
}
