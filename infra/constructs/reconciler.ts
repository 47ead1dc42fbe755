import { Duration, Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";
import type { RotationFunctions } from "./rotation-functions.ts";
import { Workflow } from "./workflow.ts";

/** Every day and on demand: the databases against the table. */
export class Reconciler extends Construct {
  readonly machine: Workflow;
  readonly reconcile: DbleaseFunction;

  constructor(scope: Construct, id: string, installation: Installation, engines: readonly EngineFunctions[]) {
    super(scope, id);
    const { store } = installation;
    this.reconcile = new DbleaseFunction(this, "Default", installation, {
      file: "reconcile",
      timeoutSeconds: 110,
    });
    const { reconcile } = this;
    this.machine = new Workflow(this, "Machine", installation, "reconcile.asl.json", {
      Table: store.table.tableName,
      Reconcile: reconcile.live.functionArn,
    });
    reconcile.grantInvoke(this.machine);
    store.grantRead(this.machine);

    store.grantRead(reconcile);
    store.grantQuery(reconcile);
    store.grantQueryKeys(reconcile, ["finding", "held#*", "rotation"]);
    store.grantBatchRead(reconcile);
    store.grantChange(reconcile, ["finding", "database", "stock"]);
    reconcile.allowDescribe();
    reconcile.allow(["cloudwatch:GetMetricData"], ["*"], "CloudWatch knows no narrower resource of metrics.");
    EngineFunctions.open(engines, "admin", reconcile);
    EngineFunctions.open(engines, "revoke", reconcile);
    new Rule(this, "Rule", {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new SfnStateMachine(this.machine, { deadLetterQueue: installation.deadLetters })],
    });
  }

  /**
   * Lets it ask how the rotations of its databases stand at Secrets Manager, and tells it whose calls explain logins: all
   * functions that speak to databases, by engine.
   */
  watch(engines: readonly EngineFunctions[], rotations: RotationFunctions): void {
    rotations.openSchedules(this.reconcile);
    const names = engines.map(({ engine, grant, revoke, admin }) => [
      engine,
      [grant, revoke, admin, ...rotations.of(engine)].map((it) => it.functionName),
    ]);
    this.reconcile.addEnvironment("LOGIN_FUNCTIONS", Stack.of(this).toJsonString(Object.fromEntries(names)));
  }
}
