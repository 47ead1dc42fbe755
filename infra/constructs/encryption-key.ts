import { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";

/** A key of the stack's own, which the services that write for us may use: logs, alarms, and what cannot be delivered. */
function createKey(scope: Construct): Key {
  const key = new Key(scope, "Key", {
    description: "dblease: grants, logs, topics and queues",
    enableKeyRotation: true,
  });
  const { account, region, partition } = Stack.of(scope);
  const actions = ["kms:Decrypt", "kms:GenerateDataKey*"];
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [
        new ServicePrincipal("cloudwatch.amazonaws.com"),
        new ServicePrincipal("events.amazonaws.com"),
      ],
      actions,
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: [...actions, "kms:Encrypt", "kms:ReEncrypt*", "kms:DescribeKey"],
      resources: ["*"],
      conditions: {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": `arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    }),
  );
  return key;
}

/** @param key `create`, or the ARN of a key whose policy lets the same services use it. */
export function encryptionKey(scope: Construct, key: string | undefined): IKey | undefined {
  if (key === undefined) return undefined;
  for (const it of ["kms:GenerateDataKey*", "kms:ReEncrypt*"]) {
    acknowledge(
      scope,
      `IAM5[Action::${it}]`,
      "Both calls of the name, on this one key, for queues and topics.",
    );
  }
  return key === "create" ? createKey(scope) : Key.fromKeyArn(scope, "Key", key);
}
