import { Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";
import { HttpEndpoint } from "./http-endpoint.ts";
import type { Reconciler } from "./reconciler.ts";

/** What people call: one function behind one HTTP endpoint. */
export class Api extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    engines: readonly EngineFunctions[],
    machines: { workflows: GrantWorkflows; reconciler: Reconciler },
  ) {
    super(scope, id);
    const { store } = installation;
    const api = new DbleaseFunction(this, "Function", installation, {
      file: "api",
      timeoutSeconds: 29,
      memoryMb: 512,
      environment: {
        ACCOUNT: Stack.of(this).account,
        RECONCILE_MACHINE: machines.reconciler.machine.stateMachineArn,
      },
    });
    store.grantRead(api);
    store.grantQuery(api);
    store.grantQueryKeys(api, ["finding", "database", "draft"]);
    store.grantAskFrozen(api);
    store.grantChange(api, ["idempotency#*", "freeze", "finding", "database", "draft"]);
    machines.workflows.open(api);
    machines.reconciler.machine.grantStartExecution(api);
    api.allowDescribe();
    api.allowFindTraits();
    EngineFunctions.open(engines, "admin", api);
    new HttpEndpoint(this, "Endpoint", api);
  }
}
