import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Alarm, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/**
 * Where `AccessRequested` events come in: a bus of its own, so that who may put events elsewhere asks for nothing here
 * (dangers 9). What is refused, and what could not be delivered, waits in one queue with the reason.
 */
export class EventIntake extends Construct {
  readonly bus: EventBus;
  readonly refused: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { eventBusName: "dblease-intake" });
    this.refused = new Queue(this, "Refused", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new CfnOutput(Stack.of(this), "RefusedEventsQueueUrl", { value: this.refused.queueUrl });
  }

  /** Hands events of these sources to the function; a refused event is told to whoever looks after dblease. */
  feed(to: IFunction, sources: string[], operators: ITopic): void {
    new Rule(this, "AccessRequested", {
      eventBus: this.bus,
      eventPattern: { source: sources, detailType: ["AccessRequested"] },
      targets: [new LambdaFunction(to, { deadLetterQueue: this.refused, retryAttempts: 10 })],
    });
    this.refused.grantSendMessages(to);
    new Alarm(this, "RefusedEvents", {
      metric: this.refused.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operators));
  }
}
