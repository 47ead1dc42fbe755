/** GET /databases/{id}/iam and POST /databases/{id}/enable-iam: whether RDS takes tokens there, and turning it on. */
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { DbleaseError } from "../errors.ts";
import { type IamAuthentication, readIamAuthentication } from "../iam/iam-authentication.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

/** @throws NOT_ALLOWED, NOT_FOUND, UNAVAILABLE */
export function showIam(api: ApiParts, call: Call, id: string): Promise<IamAuthentication> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors may see it", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  return readIamAuthentication(api.rds, databaseSnapshot(call.stored.config, id));
}

/** @throws NOT_ALLOWED, NOT_FOUND, REFUSED (no such engine), UNAVAILABLE */
export async function enableIam(api: ApiParts, call: Call, id: string): Promise<IamAuthentication> {
  if (!isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators may enable IAM authentication", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  const database = databaseSnapshot(call.stored.config, id);
  const answer = await api.admin.client.send(
    new InvokeCommand({ FunctionName: api.enableIam, Payload: JSON.stringify(database) }),
  );
  const said: unknown = JSON.parse(answer.Payload ? Buffer.from(answer.Payload).toString("utf8") : "null");
  if (!answer.FunctionError && typeof said === "object" && said !== null && "enabled" in said) {
    // The function of this name answers nothing else.
    return said as IamAuthentication;
  }
  const { errorType = "", errorMessage = "no answer" } = (said ?? {}) as Record<string, string>;
  throw new DbleaseError(errorType === "REFUSED" ? "REFUSED" : "UNAVAILABLE", errorMessage, {
    next: `dblease doctor ${id}`,
  });
}
