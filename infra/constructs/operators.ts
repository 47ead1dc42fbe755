import { Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

interface AlarmProps {
  /** What it means, in one sentence; docs/operations.md says what to do. */
  meaning: string;
  metric: IMetric;
  threshold: number;
  /** Periods in a row; 1 where one is enough. */
  periods?: number;
  /** Alarm where there is less than the threshold, or nothing at all. */
  whenBelow?: boolean;
}

/** One number of the sweeper's log, the highest within the period. */
export function gauge(metricName: string, period = Duration.minutes(1)): Metric {
  return new Metric({ namespace: "dblease", metricName, statistic: "Maximum", period });
}

/** The topic that every alarm goes to, and the ones who look after dblease subscribe to. */
export class Operators extends Construct {
  /** Access that did not end as it should, and what else needs somebody who looks after dblease. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, key?: IKey) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", {
      displayName: "dblease: needs somebody to look",
      enforceSSL: true,
      ...(key ? { masterKey: key } : {}),
    });
    // A topic with a policy of its own has lost the one by which alarms of its account may publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
      }),
    );
  }

  /** An alarm that tells the operators when it begins and when it is over. */
  alarm(scope: Construct, id: string, props: AlarmProps): void {
    const { meaning, metric, threshold, periods = 1, whenBelow = false } = props;
    const alarm = new Alarm(scope, id, {
      alarmDescription: `${meaning} What to do: docs/operations.md, ${id}.`,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: whenBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: whenBelow ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}
