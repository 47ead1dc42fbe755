import { SetSubscriptionAttributesCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { AwsAccess } from "../../local-stack/aws-access.ts";

/** Subscribes a queue to a topic, as a team does with its mail or chat. @returns what has arrived so far. */
export async function subscribeTo(access: AwsAccess, topicArn: string): Promise<() => Promise<string[]>> {
  const sqs = new SQSClient(access);
  const sns = new SNSClient(access);
  const { QueueUrl } = await sqs.send(
    new CreateQueueCommand({ QueueName: `of-${topicArn.split(":").at(-1)}` }),
  );
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
  );
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "sns.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: Attributes?.QueueArn,
        Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      ReturnSubscriptionArn: true,
    }),
  );
  const raw = { SubscriptionArn, AttributeName: "RawMessageDelivery", AttributeValue: "true" };
  await sns.send(new SetSubscriptionAttributesCommand(raw));
  const received: string[] = [];
  return async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    received.push(...Messages.map((it) => `${it.Body}`));
    return received;
  };
}
