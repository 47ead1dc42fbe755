/** Workflow step outside the VPC: take the lease, look up the members, write the intent to revoke. */
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import middy from "@middy/core";
import { personPolicyFunction } from "../src/iam/person-policies.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { beginRevoke } from "../src/workflow/begin-revoke.ts";
import { grantIdOf, holderOf } from "../src/workflow/inputs.ts";

const parts = {
  table: openTable(setting("TABLE")),
  rds: new RDSClient({}),
  personPolicies: personPolicyFunction(new LambdaClient({})),
  clock: () => new Date(),
};

export const handler = middy<unknown>().handler((input) =>
  beginRevoke(parts, grantIdOf(input), holderOf(input)),
);
