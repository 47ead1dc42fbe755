/** Workflow step outside the VPC: one database against the table. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { engineFunctions } from "../src/engine-functions.ts";
import { personPolicyFunction } from "../src/iam/person-policies.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { lookAgainBy } from "../src/workflow/look-again.ts";
import { reconcileDatabase } from "../src/workflow/reconcile-database.ts";

const lambda = new LambdaClient({});

const parts = {
  table: openTable(setting("TABLE")),
  rds: new RDSClient({}),
  secrets: new SecretsManagerClient({}),
  cloudwatch: new CloudWatchClient({}),
  admin: { client: lambda, functionOf: engineFunctions("ADMIN_FUNCTIONS") },
  personPolicies: personPolicyFunction(lambda),
  installation: setting("INSTALLATION"),
  loginFunctions: JSON.parse(setting("LOGIN_FUNCTIONS")),
  lookAgain: lookAgainBy(lambda, engineFunctions("REVOKE_FUNCTIONS")),
  clock: () => new Date(),
};

export const handler = middy<{ database: string; run: string }>().handler(({ database, run }) =>
  reconcileDatabase(parts, database, run),
);
