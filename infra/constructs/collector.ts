import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { type CfnRule, type EventPattern, Match, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import { DbleaseFunction, type Installation, iamArn } from "./dblease-function.ts";
import { DeadLetters } from "./dead-letters.ts";

interface CollectorProps {
  config: Config;
  /** ARN of the role that tokens are signed with, where a database logs in by IAM. */
  connectRole: string | undefined;
}

const detailType = ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"];

/** A rule's pattern holds 2,048 characters (EventBridge quotas). */
const longestList = 1_500;

/** By which calls name a secret: its name, its ARN, or its ARN without what Secrets Manager puts after the name. */
function secretPatterns(arns: readonly string[]): (string | { prefix: string })[][] {
  const lists: (string | { prefix: string })[][] = [[]];
  for (const arn of arns) {
    const prefix = arn.replace(/-\w{6}$/, "");
    const its = [prefix.split(":").slice(6).join(":"), { prefix }];
    const last = lists.at(-1) ?? [];
    if (JSON.stringify([...last, ...its]).length > longestList) lists.push(its);
    else last.push(...its);
  }
  return lists.filter((it) => it.length > 0);
}

/**
 * What AWS tells of access, from the default bus to audit events: through one queue, so that a burst waits and nothing
 * is lost. What failed ten times waits in a second queue until somebody moves it back.
 */
export class Collector extends Construct {
  private readonly queue: Queue;
  private readonly uncollected: DeadLetters;
  readonly collect: DbleaseFunction;

  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    { config, connectRole }: CollectorProps,
  ) {
    super(scope, id);
    const { key, store } = installation;
    this.uncollected = new DeadLetters(this, "Uncollected", key);
    const timeoutSeconds = 60;
    this.queue = new Queue(this, "Queue", {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Six times the function's own, as Lambda asks for.
      visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
      deadLetterQueue: { queue: this.uncollected, maxReceiveCount: 10 },
      ...(key
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: key }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    });
    this.collect = new DbleaseFunction(this, "Function", installation, {
      file: "collect",
      timeoutSeconds,
      environment: connectRole === undefined ? {} : { CONNECT_ROLE: connectRole },
    });
    store.grantPut(this.collect, ["audit#*", "line#*", "quarantine#*"]);
    this.collect.live.addEventSource(
      // Ten at once keep below what one line of the table takes in a second.
      new SqsEventSource(this.queue, { batchSize: 10, maxConcurrency: 10, reportBatchItemFailures: true }),
    );
    this.rules(config, connectRole);
    this.alarms(installation);
    new CfnOutput(Stack.of(this), "UncollectedEventsQueueArn", { value: this.uncollected.queueArn });
    new CfnOutput(Stack.of(this), "CollectorQueueArn", { value: this.queue.queueArn });
  }

  private rules({ databases, rotations }: Config, connectRole: string | undefined): void {
    this.rule("Changes", { source: ["aws.iam", "aws.rds", "aws.secretsmanager"], detailType });
    this.rule("SecretLabels", { source: ["aws.secretsmanager"], detailType: ["Secret Label Updated"] });
    const roles = [...(connectRole ? [connectRole] : []), { prefix: iamArn(this, "role/dblease/") }];
    this.readingRule("Sessions", {
      source: ["aws.sts"],
      detailType,
      detail: { eventName: Match.prefix("AssumeRole"), requestParameters: { roleArn: roles } },
    });
    const secrets = [...Object.values(rotations), ...Object.values(databases)].flatMap((it) =>
      "secret" in it ? it.secret : (it.adminSecret ?? []),
    );
    const known = [...new Set(secrets)].filter((it) => it.startsWith("arn:")).sort();
    secretPatterns(known).forEach((secretId, index) => {
      this.readingRule(`Secrets${index}`, {
        source: ["aws.secretsmanager"],
        detailType,
        detail: { eventName: ["GetSecretValue"], requestParameters: { secretId } },
      });
    });
  }

  /** Of calls that change something; EventBridge passes no others to such a rule. */
  private rule(id: string, eventPattern: EventPattern): Rule {
    return new Rule(this, id, {
      eventPattern,
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.uncollected })],
    });
  }

  /**
   * Of calls that read, too: for one narrow list of resources, because nothing is called more often.
   * Source: EventBridge User Guide, "Receiving read-only management events from AWS services".
   */
  private readingRule(id: string, eventPattern: EventPattern): Rule {
    const rule = this.rule(id, eventPattern);
    // The construct only knows on and off.
    (rule.node.defaultChild as CfnRule).state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    return rule;
  }

  private alarms({ operators }: Installation): void {
    const names = ["GenerateDBAuthToken", "generate-db-auth-token", "DbConnect", "DbConnectAdmin"];
    const tripwire = this.readingRule("Tripwire", {
      source: [...Match.prefix("aws.rds"), "aws.dsql"],
      detailType,
      detail: { eventName: names.flatMap((it) => Match.equalsIgnoreCase(it)) },
    });
    const fiveMinutes = { period: Duration.minutes(5) };
    operators.alarm(this, "TokenSigningSeen", {
      meaning: "AWS records the signing of database tokens, which it says it does not.",
      metric: new Metric({
        namespace: "AWS/Events",
        metricName: "MatchedEvents",
        dimensionsMap: { RuleName: tripwire.ruleName },
        statistic: "Sum",
        ...fiveMinutes,
      }),
      threshold: 1,
    });
    operators.alarm(this, "AuditQuarantined", {
      meaning: "A record of CloudTrail could not be read and is missing in the audit.",
      metric: new Metric({
        namespace: "dblease",
        metricName: "AuditQuarantined",
        statistic: "Sum",
        ...fiveMinutes,
      }),
      threshold: 1,
    });
    operators.alarm(this.uncollected, "Uncollected", {
      meaning: "Events of AWS could not be put into the audit; they wait to be collected again.",
      metric: this.uncollected.metricApproximateNumberOfMessagesVisible(fiveMinutes),
      threshold: 1,
    });
  }
}
