import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { DbleaseError } from "../errors.ts";
import type { IntakeEvent } from "./take-in.ts";

/** Puts a refused event into the queue, whole, with the code, the sentence and the next step. */
export async function putAside(
  to: { client: SQSClient; queueUrl: string },
  event: IntakeEvent,
  { code, message, next }: DbleaseError,
): Promise<void> {
  await to.client.send(
    new SendMessageCommand({
      QueueUrl: to.queueUrl,
      MessageBody: JSON.stringify({ error: { code, message, next }, event }),
    }),
  );
}
