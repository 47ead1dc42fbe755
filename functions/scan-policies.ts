/** Daily, on demand, and when CloudTrail tells of a change: who may log in to databases by IAM without a grant. */
import { IAMClient } from "@aws-sdk/client-iam";
import middy from "@middy/core";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { type PolicyScanner, type ScanOrder, scanPolicies } from "../src/workflow/scan-policies.ts";

const scanner: PolicyScanner = {
  table: openTable(setting("TABLE")),
  // IAM allows few calls a second; a scan has time.
  iam: new IAMClient({ maxAttempts: 10, retryMode: "adaptive" }),
  place: { partition: setting("PARTITION"), region: setting("AWS_REGION"), account: setting("ACCOUNT") },
  ownRoles: JSON.parse(setting("OWN_ROLES")),
  clock: () => new Date(),
};

export const handler = middy<ScanOrder>().handler((order) => scanPolicies(scanner, order));
