import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";

/**
 * Sessions of grants on databases whose log is not exported: one look a minute while a grant is active, and none
 * otherwise. Apart from the sweeper, which a slow database must not hold up.
 */
export class SessionSampler extends Construct {
  constructor(scope: Construct, id: string, installation: Installation, engines: readonly EngineFunctions[]) {
    super(scope, id);
    const sample = new DbleaseFunction(this, "Default", installation, {
      file: "sample-sessions",
      timeoutSeconds: 55,
    });
    installation.store.grantRead(sample);
    installation.store.grantQuery(sample);
    installation.store.grantPut(sample, ["session#*"]);
    EngineFunctions.open(engines, "admin", sample);
    new Rule(this, "Rule", {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sample.live, { retryAttempts: 0 })],
    });
  }
}
