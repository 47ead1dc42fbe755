/** Table stream to the `dblease` bus: every event of a grant, at least once, in order per grant. */
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import middy from "@middy/core";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { setting } from "../src/setting.ts";
import { publishEvents } from "../src/workflow/publish-events.ts";

const client = new EventBridgeClient({});
const bus = setting("BUS");

export const handler = middy<DynamoDBStreamEvent>().handler((event) =>
  publishEvents({ client, bus }, event.Records),
);
