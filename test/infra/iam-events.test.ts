/** The small stack in us-east-1 that hands IAM's events on. */
import { App, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { IamEvents } from "../../infra/constructs/iam-events.ts";

test("it may put events on the one bus of the home region, and nothing else", () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, "DbleaseIamEvents", { env: { region: "us-east-1" } });
  new IamEvents(stack, "IamEvents", { homeRegion: "eu-west-1" });
  expect(() => app.synth()).not.toThrow();
  const template = Template.fromStack(stack);
  const [policy, ...more] = Object.values(template.findResources("AWS::IAM::Policy"));
  expect(more).toEqual([]);
  expect(policy?.Properties.PolicyDocument.Statement).toMatchObject([
    {
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: {
        "Fn::Join": [
          "",
          [
            "arn:",
            { Ref: "AWS::Partition" },
            ":events:eu-west-1:",
            { Ref: "AWS::AccountId" },
            ":event-bus/default",
          ],
        ],
      },
    },
  ]);
  template.hasResourceProperties("AWS::Events::Rule", { EventPattern: { source: ["aws.iam"] } });
});
