/** Workflow step outside the VPC: ask the rules again, look up the members, write the intent. */
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import { personPolicyFunction } from "../src/iam/person-policies.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { beginGrant } from "../src/workflow/begin-grant.ts";
import { grantIdOf } from "../src/workflow/inputs.ts";

const parts = {
  table: openTable(setting("TABLE")),
  rds: new RDSClient({}),
  iam: new IAMClient({}),
  personPolicies: personPolicyFunction(new LambdaClient({})),
  clock: () => new Date(),
};

export const handler = middy<unknown>().handler((input) => beginGrant(parts, grantIdOf(input)));
