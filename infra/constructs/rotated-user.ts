import { CfnRotationSchedule } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { Config } from "../../src/config.ts";
import type { DbleaseFunction } from "./dblease-function.ts";

/**
 * One entry of `rotations:`: has Secrets Manager call the engine's rotation function for this secret, by its schedule.
 * Which database and which user it is, the function reads from the table alone.
 */
export class RotatedUser extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { secret, schedule, window }: Config["rotations"][string],
    rotate: DbleaseFunction,
  ) {
    super(scope, id);
    new CfnRotationSchedule(this, "Default", {
      secretId: secret,
      rotationLambdaArn: rotate.live.functionArn,
      rotateImmediatelyOnUpdate: false,
      rotationRules: { scheduleExpression: schedule, ...(window ? { duration: window } : {}) },
    });
  }
}
