/**
 * Table stream to the audit lines and to the `dblease` bus: every event, at least once, in order per grant. One
 * function for both, because more than two readers of a stream slow each other down (functions/notify.ts is the other).
 */
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { FirehoseClient } from "@aws-sdk/client-firehose";
import middy from "@middy/core";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { collectOwn } from "../src/audit/collect-own.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { type Archive, addedItems, archiveEvents } from "../src/workflow/archive-events.ts";
import { forwardEvents } from "../src/workflow/forward-events.ts";
import { publishEvent } from "../src/workflow/publish-event.ts";

const table = openTable(setting("TABLE"));
const to = { client: new EventBridgeClient({}), bus: setting("BUS") };
const stream = process.env.ARCHIVE_STREAM;
const archive: Archive | undefined = stream ? { table, firehose: new FirehoseClient({}), stream } : undefined;

export const handler = middy<DynamoDBStreamEvent>().handler(async ({ Records }) => {
  const told = await forwardEvents(Records, async (event) => {
    await collectOwn(table, event);
    await publishEvent(to, event);
  });
  if (archive) await archiveEvents(archive, addedItems(Records));
  return told;
});
