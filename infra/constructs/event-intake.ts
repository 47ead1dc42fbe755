import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";

interface EventIntakeProps {
  workflows: GrantWorkflows;
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
    { workflows, sources }: EventIntakeProps,
  ) {
    super(scope, id);
    const { store, operators, key } = installation;
    const bus = new EventBus(this, "Bus", { eventBusName: "dblease-intake" });
    const refused = new DeadLetters(this, "Refused", key);
    const takeIn = new DbleaseFunction(this, "Function", installation, {
      file: "intake",
      timeoutSeconds: 30,
      onFailure: refused,
      environment: { REFUSED_QUEUE: refused.queueUrl },
    });
    new Rule(this, "AccessRequested", {
      eventBus: bus,
      eventPattern: { source: sources, detailType: ["AccessRequested"] },
      targets: [new LambdaFunction(takeIn.live, { deadLetterQueue: refused, retryAttempts: 10 })],
    });
    refused.grantSendMessages(takeIn);
    store.grantRead(takeIn);
    store.grantQuery(takeIn);
    store.grantAskFrozen(takeIn);
    store.grantPut(takeIn, ["grant#*", "event#*", "idempotency#*", "draft"]);
    workflows.openGrants(takeIn);
    takeIn.allowDescribe();
    new CfnOutput(Stack.of(this), "RefusedEventsQueueUrl", { value: refused.queueUrl });
    operators.alarm(this, "RefusedEvents", {
      meaning: "An event that asks for access was refused, or could not be taken in.",
      metric: refused.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}
