/** Table stream to the `dblease` bus: every event, at least once, in order per grant. */
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import middy from "@middy/core";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { setting } from "../src/setting.ts";
import { forwardEvents } from "../src/workflow/forward-events.ts";
import { publishEvent } from "../src/workflow/publish-event.ts";

const to = { client: new EventBridgeClient({}), bus: setting("BUS") };

export const handler = middy<DynamoDBStreamEvent>().handler(({ Records }) =>
  forwardEvents(Records, (event) => publishEvent(to, event)),
);
