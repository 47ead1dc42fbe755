import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Alarm, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";

interface EventIntakeProps {
  workflows: GrantWorkflows;
  /** Who hears of refused events. */
  operators: ITopic;
  /** `source` of the events that are taken in. */
  sources: string[];
}

/**
 * Where `AccessRequested` events come in: a bus of its own, so that who may put events elsewhere asks for nothing here
 * (dangers 9). What is refused, and what could not be delivered, waits in one queue with the reason.
 */
export class EventIntake extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    { workflows, operators, sources }: EventIntakeProps,
  ) {
    super(scope, id);
    const { store } = installation;
    const bus = new EventBus(this, "Bus", { eventBusName: "dblease-intake" });
    const refused = new Queue(this, "Refused", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const takeIn = new DbleaseFunction(this, "Function", installation, {
      file: "intake",
      timeoutSeconds: 30,
      environment: { REFUSED_QUEUE: refused.queueUrl },
    });
    new Rule(this, "AccessRequested", {
      eventBus: bus,
      eventPattern: { source: sources, detailType: ["AccessRequested"] },
      targets: [new LambdaFunction(takeIn, { deadLetterQueue: refused, retryAttempts: 10 })],
    });
    refused.grantSendMessages(takeIn);
    store.grantRead(takeIn);
    store.grantQuery(takeIn);
    store.grantAskFrozen(takeIn);
    store.grantPut(takeIn, ["grant#*", "event#*", "idempotency#*", "draft"]);
    workflows.openGrants(takeIn);
    takeIn.allowDescribe();
    new CfnOutput(Stack.of(this), "RefusedEventsQueueUrl", { value: refused.queueUrl });
    new Alarm(this, "RefusedEvents", {
      metric: refused.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operators));
  }
}
