import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import type { GrantEvent } from "../../src/events.ts";

export interface Published {
  "detail-type": string;
  source: string;
  /** Of a grant, where it has one; findings have none. */
  detail: GrantEvent;
}

/** Subscribes a queue to the `dblease` bus, as a team would that wants to hear of grants. */
export class BusSubscriber {
  readonly received: Published[] = [];
  private readonly access: AwsAccess;
  private readonly sqs: SQSClient;
  private url = "";

  constructor(access: AwsAccess) {
    this.access = access;
    this.sqs = new SQSClient(access);
  }

  async subscribe(): Promise<void> {
    const { QueueUrl } = await this.sqs.send(new CreateQueueCommand({ QueueName: "subscriber" }));
    this.url = `${QueueUrl}`;
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    const bridge = new EventBridgeClient(this.access);
    const rule = { Name: "subscriber", EventBusName: "dblease" };
    await bridge.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ["dblease"] }) }));
    await bridge.send(
      new PutTargetsCommand({
        Rule: rule.Name,
        EventBusName: rule.EventBusName,
        Targets: [{ Id: "queue", Arn: `${Attributes?.QueueArn}` }],
      }),
    );
  }

  async poll(): Promise<void> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return;
    this.received.push(...Messages.map((it) => JSON.parse(`${it.Body}`) as Published));
    const Entries = Messages.map((it, index) => ({ Id: `${index}`, ReceiptHandle: `${it.ReceiptHandle}` }));
    await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
  }
}
