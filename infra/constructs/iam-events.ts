import { CfnOutput, Stack } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { EventBus as EventBusTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DeadLetters } from "./dead-letters.ts";

/**
 * IAM is one for all regions, and its calls are told in us-east-1 alone: from there to the bus of the region that
 * dblease stands in, where the rules do not care where an event came from.
 */
export class IamEvents extends Construct {
  constructor(scope: Construct, id: string, { homeRegion }: { homeRegion: string }) {
    super(scope, id);
    const stack = Stack.of(this);
    const arn = stack.formatArn({
      service: "events",
      region: homeRegion,
      resource: "event-bus",
      resourceName: "default",
    });
    const undelivered = new DeadLetters(this, "Undelivered");
    new Rule(this, "Rule", {
      eventPattern: {
        source: ["aws.iam"],
        detailType: ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"],
      },
      targets: [
        new EventBusTarget(EventBus.fromEventBusArn(this, "Home", arn), { deadLetterQueue: undelivered }),
      ],
    });
    new CfnOutput(stack, "UndeliveredIamEventsQueueUrl", { value: undelivered.queueUrl });
  }
}
