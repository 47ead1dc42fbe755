import { Duration } from "aws-cdk-lib";
import { Alarm, type IAlarmAction, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { FilterCriteria, FilterRule, type IFunction, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

/** The `dblease` bus, fed from the table's stream, and the topic that tells people of trouble. */
export class EventOutlet extends Construct {
  readonly bus: EventBus;
  readonly troubles: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { eventBusName: "dblease" });
    this.troubles = new Topic(this, "Troubles", {
      displayName: "dblease: access that did not end as it should",
    });
    new Rule(this, "TroubleRule", {
      eventBus: this.bus,
      eventPattern: { source: ["dblease"], detailType: ["RevokeFailed", "GrantQuarantined"] },
      targets: [new SnsTopic(this.troubles)],
    });
  }

  /** Connects the publisher to the stream: a record that cannot be published is retried alone, and lag is an alarm (dangers 28). */
  feed(publisher: IFunction, table: TableV2): void {
    publisher.addEventSource(
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
    const action: IAlarmAction = new SnsAction(this.troubles);
    new Alarm(this, "StreamLag", {
      metric: publisher.metric("IteratorAge", { statistic: "Maximum", period: Duration.minutes(5) }),
      threshold: Duration.minutes(10).toMilliseconds(),
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(action);
  }
}
