import { ArnFormat, Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import type { RotationFunctions } from "./rotation-functions.ts";
import { Workflow } from "./workflow.ts";

/** On demand: runs of many rotations, a few at a time. */
export class FleetRotation extends Construct {
  private readonly machine: Workflow;

  constructor(scope: Construct, id: string, installation: Installation, rotations: RotationFunctions) {
    super(scope, id);
    const { store } = installation;
    const begin = new DbleaseFunction(this, "Begin", installation, {
      file: "begin-rotation",
      timeoutSeconds: 30,
    });
    this.machine = new Workflow(this, "Machine", installation, "rotate-fleet.asl.json", {
      Table: store.table.tableName,
      BeginRotation: begin.live.functionArn,
    });
    begin.grantInvoke(this.machine);
    store.grantRead(this.machine);
    store.grantQueryKeys(begin, ["rotation"]);
    rotations.open(begin);
  }

  /** Lets a function start it and ask how far it has come. */
  open(to: DbleaseFunction): void {
    this.machine.grantStartExecution(to);
    const runs = Stack.of(this).formatArn({
      service: "states",
      resource: "execution",
      resourceName: `${this.machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    to.allow(
      ["states:DescribeExecution"],
      [runs],
      "Runs of this one workflow, which are named when they begin.",
    );
    to.addEnvironment("FLEET_MACHINE", this.machine.stateMachineArn);
  }
}
