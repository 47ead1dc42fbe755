import { Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { Backfill } from "./backfill.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { EngineFunctions } from "./engine-functions.ts";
import type { FleetRotation } from "./fleet-rotation.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";
import { HttpEndpoint } from "./http-endpoint.ts";
import type { IamAccess } from "./iam-access.ts";
import type { PersonRoles } from "./person-roles.ts";
import type { PolicyScan } from "./policy-scan.ts";
import type { Reconciler } from "./reconciler.ts";
import type { RotationFunctions } from "./rotation-functions.ts";

/** What people call: one function behind one HTTP endpoint. */
export class Api extends Construct {
  readonly api: DbleaseFunction;

  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    engines: readonly EngineFunctions[],
    parts: {
      workflows: GrantWorkflows;
      reconciler: Reconciler;
      iam: IamAccess | undefined;
      persons: PersonRoles | undefined;
      rotations: RotationFunctions;
      fleet: FleetRotation;
      policies: PolicyScan;
      backfill: Backfill;
    },
  ) {
    super(scope, id);
    const { store } = installation;
    const api = new DbleaseFunction(this, "Function", installation, {
      file: "api",
      timeoutSeconds: 29,
      memoryMb: 512,
      environment: {
        ACCOUNT: Stack.of(this).account,
        RECONCILE_MACHINE: parts.reconciler.machine.stateMachineArn,
      },
    });
    this.api = api;
    store.grantRead(api);
    store.grantQuery(api);
    store.grantQueryKeys(api, ["finding", "database", "draft", "rotation"]);
    store.grantAudit(api);
    store.grantAskFrozen(api);
    store.grantChange(api, ["idempotency#*", "freeze", "finding", "database", "draft"]);
    parts.workflows.open(api);
    parts.reconciler.machine.grantStartExecution(api);
    api.allowDescribe();
    api.allowFindTraits();
    EngineFunctions.open(engines, "admin", api);
    parts.persons?.open(api);
    const enableIam = new DbleaseFunction(this, "EnableIam", installation, {
      file: "enable-iam",
      timeoutSeconds: 30,
    });
    enableIam.allowDescribe();
    const because =
      "Which servers, the configuration of the moment says; the API lets administrators alone ask for it.";
    enableIam.allow(["rds:ModifyDBInstance", "rds:ModifyDBCluster"], ["*"], because);
    enableIam.grantInvoke(api);
    api.addEnvironment("ENABLE_IAM", enableIam.live.functionArn);
    parts.policies.scan.grantInvoke(api);
    api.addEnvironment("SCAN_POLICIES", parts.policies.scan.live.functionArn);
    parts.rotations.open(api);
    parts.fleet.open(api);
    parts.backfill.open(api, installation);
    new HttpEndpoint(this, "Endpoint", installation, {
      api: api.live,
      broker: parts.iam?.broker.live,
      personRoles: parts.persons?.all,
    });
  }
}
