import { Duration, Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";

/** Drops the password of the version before when its time is over. */
export class Grace extends Construct {
  /** @param functions rotation functions by engine. */
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    functions: ReadonlyMap<string, DbleaseFunction>,
  ) {
    super(scope, id);
    const arns = Object.fromEntries([...functions].map(([engine, it]) => [engine, it.live.functionArn]));
    const end = new DbleaseFunction(this, "Default", installation, {
      file: "end-grace",
      timeoutSeconds: 30,
      environment: { ROTATION_FUNCTIONS: Stack.of(this).toJsonString(arns) },
    });
    installation.store.grantQueryKeys(end, ["rotation"]);
    for (const it of functions.values()) it.grantInvoke(end);
    new Rule(this, "Rule", {
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(end.live, { retryAttempts: 0 })],
    });
  }
}
