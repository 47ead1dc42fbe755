import { Duration } from "aws-cdk-lib";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { EventBus } from "aws-cdk-lib/aws-events";
import { FilterCriteria, FilterRule, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { DynamoEventSource, SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { AuditArchive } from "./audit-archive.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";

/** Where events go: the `dblease` bus for programs, and two topics for people. */
export class EventOutlet extends Construct {
  /** What somebody has to decide or to review. */
  readonly approvers: Topic;
  readonly publish: DbleaseFunction;
  readonly notify: DbleaseFunction;

  constructor(scope: Construct, id: string, installation: Installation, archive: AuditArchive | undefined) {
    super(scope, id);
    const { operators, key, store } = installation;
    const bus = new EventBus(this, "Bus", { eventBusName: "dblease" });
    this.approvers = new Topic(this, "Approvers", {
      displayName: "dblease: requests and reviews",
      enforceSSL: true,
      ...(key ? { masterKey: key } : {}),
    });
    this.publish = new DbleaseFunction(this, "Publish", installation, {
      file: "publish",
      timeoutSeconds: 30,
      environment: { BUS: bus.eventBusName },
    });
    bus.grantPutEventsTo(this.publish);
    store.grantPut(this.publish, ["audit#*", "line#*", "held#*"]);
    this.notify = new DbleaseFunction(this, "Notify", installation, {
      file: "notify",
      timeoutSeconds: 30,
      environment: { APPROVERS_TOPIC: this.approvers.topicArn, OPERATORS_TOPIC: operators.topic.topicArn },
    });
    for (const it of [this.approvers, operators.topic]) it.grantPublish(this.notify);
    if (archive) {
      archive.openIntake(this.publish);
      store.grantPut(this.publish, ["record#*"]);
    }
    this.feed(this.publish, archive ? ["event#", "audit#"] : ["event#"], store.table, installation);
    this.feed(this.notify, ["event#"], store.table, installation);
  }

  /** Connects a function to the stream: a record that cannot be told is retried alone, and lag is an alarm (dangers 28). */
  private feed(
    to: DbleaseFunction,
    prefixes: readonly string[],
    table: TableV2,
    { deadLetters, operators }: Installation,
  ): void {
    to.live.addEventSource(
      new DynamoEventSource(table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 25,
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        // Longer than SNS or EventBridge are ever away, shorter than the stream keeps a record (24 hours).
        maxRecordAge: Duration.hours(6),
        onFailure: new SqsDlq(deadLetters),
        // Verifiers, wake tokens and leases never leave the table.
        filters: prefixes.map((it) =>
          FilterCriteria.filter({
            eventName: FilterRule.isEqual("INSERT"),
            dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(it) } } },
          }),
        ),
      }),
    );
    operators.alarm(to, "StreamLag", {
      meaning: "Events reach the bus or people more than ten minutes late.",
      metric: to.metric("IteratorAge", { statistic: "Maximum", period: Duration.minutes(5) }),
      threshold: Duration.minutes(10).toMilliseconds(),
    });
  }
}
