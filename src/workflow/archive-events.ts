/**
 * What the table's stream tells of added events, into the record that a day's digest is made of; audit events also to the
 * archive, one JSON object a line. The instant is the stream's: nobody who writes an item can choose it.
 */
import { type FirehoseClient, PutRecordBatchCommand } from "@aws-sdk/client-firehose";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import { itemHash, type RecordEntry } from "../audit/day-digest.ts";
import { addRecordEntry } from "../store/audit-record.ts";
import type { Table } from "../store/table.ts";

/** An item as the stream tells that it was added. */
export interface Added {
  item: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  createdAt: number;
}

/** Events and audit events among what the stream tells, as they were added. */
export function addedItems(records: readonly DynamoDBRecord[]): Added[] {
  return records
    .filter(({ eventName, dynamodb }) => {
      const pk = dynamodb?.Keys?.pk?.S ?? "";
      return eventName === "INSERT" && (pk.startsWith("event#") || pk.startsWith("audit#"));
    })
    .map(({ dynamodb }) => ({
      // The stream's image and the SDK's attribute type are one shape, declared in two packages.
      item: unmarshall((dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0]),
      createdAt: dynamodb?.ApproximateCreationDateTime ?? 0,
    }));
}

export interface Archive {
  table: Table;
  firehose: FirehoseClient;
  /** Name of the delivery stream. */
  stream: string;
}

/** May be repeated: the record keeps one entry, the archive may hold a line twice and says so by its id. */
export async function archiveEvents(archive: Archive, added: readonly Added[]): Promise<void> {
  const lines = added.filter(({ item }) => String(item.pk).startsWith("audit#"));
  if (lines.length > 0) await deliver(archive, lines.map(lineOf));
  for (const it of added) await addRecordEntry(archive.table, entryOf(it));
}

function entryOf({ item, createdAt }: Added): RecordEntry {
  return {
    recordedAt: new Date(createdAt * 1000).toISOString(),
    pk: String(item.pk),
    sk: String(item.sk),
    sha256: itemHash(item),
  };
}

function lineOf({ item: { pk: _, sk: __, ...event }, createdAt }: Added): string {
  return `${JSON.stringify({ ...event, recordedAt: new Date(createdAt * 1000).toISOString() })}\n`;
}

async function deliver({ firehose, stream }: Archive, lines: readonly string[]): Promise<void> {
  const Records = lines.map((it) => ({ Data: Buffer.from(it) }));
  const told = await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: stream, Records }));
  if (told.FailedPutCount) throw new Error(`${told.FailedPutCount} events were not taken by the archive`);
}
