/** Policies on the IAM roles of persons, in policy mode: the only function that writes IAM, and below /dblease/ alone. */
import { IAMClient } from "@aws-sdk/client-iam";
import middy from "@middy/core";
import type { PersonPolicyOrder } from "../src/iam/person-policies.ts";
import { followGrant, tidyRoles } from "../src/iam/person-policy.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";

const parts = {
  table: openTable(setting("TABLE")),
  iam: new IAMClient({}),
  region: setting("AWS_REGION"),
  clock: () => new Date(),
};

export const handler = middy<PersonPolicyOrder>().handler(async (order) =>
  "roles" in order ? tidyRoles(parts, order.roles) : followGrant(parts, order.grantId),
);
