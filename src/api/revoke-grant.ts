/** POST /grants/{id}/revoke: giving back early, or finishing what a person has cleaned up. */
import { DbleaseError } from "../errors.ts";
import type { Grant, GrantStatus } from "../grant.ts";
import { changeStatus } from "../store/grants.ts";
import { startRevoke, wake } from "../workflow/start.ts";
import { type Api, type Call, isAdmin, isOwn, visibleGrant, wrongStatus } from "./api.ts";

const revocable: readonly GrantStatus[] = ["granting", "active", "revoke_failed", "quarantined"];
const ending: readonly GrantStatus[] = ["revoking", "revoked", "grant_failed"];

/** @throws NOT_FOUND, NOT_ALLOWED, WRONG_STATUS, CONFLICT. A grant that is ending or has ended is returned as it is. */
export async function revoke(api: Api, call: Call, id: string, reason: string | undefined): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  if (!isOwn(call, grant) && !isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only the requester or an administrator may revoke this grant", {
      next: "ask the requester or an administrator",
    });
  }
  if (ending.includes(grant.status)) return grant;
  if (!revocable.includes(grant.status))
    throw wrongStatus(grant, "revoked; a request is taken back with dblease cancel");
  const now = api.clock();
  const end = {
    cause: "person",
    by: call.person.name,
    at: now.toISOString(),
    ...(reason ? { reason } : {}),
  } as const;
  const revoking = await changeStatus(api.table, grant, {
    to: "revoking",
    event: "GrantRevoking",
    actor: call.person.name,
    patch: { end: grant.end ?? end, revokeNumber: grant.revokeNumber + 1 },
    now,
  });
  // The grant's own workflow starts the revoke of the same name; where it cannot be woken, this does.
  const woken = await wake(api, revoking.id).catch(() => false);
  if (!woken) await startRevoke(api.workflows, revoking);
  return revoking;
}
