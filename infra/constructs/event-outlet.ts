import { Duration } from "aws-cdk-lib";
import { Alarm, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { EventBus } from "aws-cdk-lib/aws-events";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";

/** Where events go: the `dblease` bus for programs, and two topics for people. */
export class EventOutlet extends Construct {
  private readonly bus: EventBus;
  /** What somebody has to decide or to review. */
  private readonly approvers: Topic;
  /** Access that did not end as it should, and what else needs somebody who looks after dblease. */
  readonly operators: Topic;

  constructor(scope: Construct, id: string, installation: Installation) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { eventBusName: "dblease" });
    this.approvers = new Topic(this, "Approvers", { displayName: "dblease: requests and reviews" });
    this.operators = new Topic(this, "Operators", { displayName: "dblease: needs somebody to look" });
    const publish = new DbleaseFunction(this, "Publish", installation, {
      file: "publish",
      timeoutSeconds: 30,
      environment: { BUS: this.bus.eventBusName },
    });
    this.bus.grantPutEventsTo(publish);
    const notify = new DbleaseFunction(this, "Notify", installation, {
      file: "notify",
      timeoutSeconds: 30,
      environment: {
        APPROVERS_TOPIC: this.approvers.topicArn,
        OPERATORS_TOPIC: this.operators.topicArn,
      },
    });
    for (const it of [this.approvers, this.operators]) it.grantPublish(notify);
    for (const it of [publish, notify]) this.feed(it, installation.store.table);
  }

  /** Connects a function to the stream: a record that cannot be told is retried alone, and lag is an alarm (dangers 28). */
  private feed(to: DbleaseFunction, table: TableV2): void {
    to.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 25,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // Verifiers, wake tokens and leases never leave the table.
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual("INSERT"),
            dynamodb: { Keys: { pk: { S: FilterRule.beginsWith("event#") } } },
          }),
        ],
      }),
    );
    new Alarm(to, "StreamLag", {
      metric: to.metric("IteratorAge", { statistic: "Maximum", period: Duration.minutes(5) }),
      threshold: Duration.minutes(10).toMilliseconds(),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.operators));
  }
}
