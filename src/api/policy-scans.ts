/** POST /policy-scans: who may log in by IAM without a grant, looked through now instead of tomorrow. */
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { DbleaseError } from "../errors.ts";
import type { PolicyScanRunView } from "../views.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

/** Starts a scan of the whole account and does not wait for it. @throws NOT_ALLOWED */
export async function scanNow(api: ApiParts, call: Call): Promise<PolicyScanRunView> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors may scan policies", {
      next: "ask one of admins or auditors in dblease.yaml",
    });
  }
  const run = `by-hand-${api.clock().getTime()}`;
  await api.admin.client.send(
    new InvokeCommand({
      FunctionName: api.scanPolicies,
      InvocationType: "Event",
      Payload: JSON.stringify({ run }),
    }),
  );
  return { run };
}
