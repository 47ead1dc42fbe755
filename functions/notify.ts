/** Table stream to people: what somebody has to decide, to review, or to repair. */
import { SNSClient } from "@aws-sdk/client-sns";
import middy from "@middy/core";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { setting } from "../src/setting.ts";
import { forwardEvents } from "../src/workflow/forward-events.ts";
import { sendMessage } from "../src/workflow/send-message.ts";

const topics = {
  client: new SNSClient({}),
  arnOf: { approvers: setting("APPROVERS_TOPIC"), operators: setting("OPERATORS_TOPIC") },
};

export const handler = middy<DynamoDBStreamEvent>().handler(({ Records }) =>
  forwardEvents(Records, (event) => sendMessage(topics, event)),
);
