/** PUT /grants/{id}/verifier: another machine of the requester brings a fresh verifier; old sessions end. */
import { DbleaseError } from "../errors.ts";
import type { Grant, GrantStatus } from "../grant.ts";
import { readGrant } from "../store/find-grants.ts";
import { replaceVerifier as store } from "../store/verifiers.ts";
import { attentionAt } from "../sweep.ts";
import { checkVerifier } from "../verifiers/check-verifier.ts";
import { assertMayTravel } from "../verifiers/password-travels.ts";
import { wake } from "../workflow/start.ts";
import { type Api, type Call, isOwn, visibleGrant, wrongStatus } from "./api.ts";

const open: readonly GrantStatus[] = ["requested", "approved", "active"];

/** @throws BAD_VERIFIER, NOT_FOUND, NOT_ALLOWED (only the requester), WRONG_STATUS, CONFLICT. */
export async function replaceVerifier(api: Api, call: Call, id: string, verifier: string): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  if (!isOwn(call, grant)) {
    throw new DbleaseError("NOT_ALLOWED", "only the requester has a credential of this grant", {
      next: "request access of your own: dblease request",
    });
  }
  if (grant.model === "iam") {
    throw new DbleaseError("WRONG_STATUS", `grant ${id} logs in by IAM and has no password`, {
      next: `dblease token ${id}`,
    });
  }
  const { engine, id: database } = grant.database;
  assertMayTravel(engine, database, call.stored.config.databases[database]);
  checkVerifier(engine, verifier);
  if (!open.includes(grant.status)) throw wrongStatus(grant, "given a new credential");
  const dueAt = attentionAt({ ...grant, verifierNumber: grant.verifierNumber + 1 }, api.clock());
  await store(api.table, grant, verifier, dueAt ?? api.clock().toISOString());
  if (grant.status === "active") await wake(api, grant.id);
  return readGrant(api.table, id);
}
