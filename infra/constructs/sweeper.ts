import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";
import { gauge } from "./operators.ts";

/** Every minute, on concurrency of its own: what is overdue, stuck or lost. */
export class Sweeper extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    engines: readonly EngineFunctions[],
    workflows: GrantWorkflows,
  ) {
    super(scope, id);
    const sweep = new DbleaseFunction(this, "Default", installation, {
      file: "sweep",
      timeoutSeconds: 50,
      reservedConcurrency: 2,
    });
    installation.store.grantRead(sweep);
    installation.store.grantQuery(sweep);
    installation.store.grantChange(sweep, ["finding"]);
    installation.store.grantQueryKeys(sweep, ["finding"]);
    sweep.allowDescribe();
    // Always: grants through a proxy live on when the configuration names it no more.
    sweep.allowFindProxy();
    workflows.open(sweep);
    EngineFunctions.open(engines, "revoke", sweep);
    const { operators } = installation;
    operators.alarm(this, "SweeperSilent", {
      meaning: "The sweeper has not finished for three minutes: what the workflows lose, nobody mends.",
      metric: gauge("Sweeps"),
      threshold: 1,
      periods: 3,
      whenBelow: true,
    });
    operators.alarm(this, "LateRevokes", {
      meaning: "Access is still open two minutes after its end.",
      metric: gauge("LateRevokes"),
      threshold: 1,
    });
    operators.alarm(this, "RevokeFailed", {
      meaning: "A revoke has failed; it is tried again, and until it is proved the grant is not over.",
      metric: gauge("RevokeFailed"),
      threshold: 1,
    });
    new Rule(this, "Rule", {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(sweep.live, { retryAttempts: 0 })],
    });
  }
}
