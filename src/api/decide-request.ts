/** POST /grants/{id}/approve, deny, cancel. */
import { assertMayDecide } from "../approval.ts";
import { DbleaseError } from "../errors.ts";
import type { Approval, Grant } from "../grant.ts";
import { changeStatus } from "../store/grants.ts";
import { startGrant, wake } from "../workflow/start.ts";
import { type Api, type Call, isAdmin, isOwn, visibleGrant, wrongStatus } from "./api.ts";

function word(api: Api, call: Call, reason: string | undefined): Approval {
  return {
    id: call.person.id,
    name: call.person.name,
    at: api.clock().toISOString(),
    ...(reason ? { reason } : {}),
  };
}

/** The table is written; the workflow is only woken. What gets lost here the sweeper does again. */
async function notify(api: Api, grant: Grant): Promise<void> {
  const woken = await wake(api, grant.id).catch(() => false);
  if (!woken && grant.status === "approved") await startGrant(api.workflows, grant.id).catch(() => false);
}

function assertUndecided(api: Api, grant: Grant, wish: string): void {
  if (grant.status !== "requested" || Date.parse(grant.approveBy) <= api.clock().getTime())
    throw wrongStatus(grant, wish);
}

/** @throws NOT_FOUND, OWN_REQUEST, NOT_ALLOWED, WRONG_STATUS (twice or late), CONFLICT. */
export async function approve(api: Api, call: Call, id: string, reason: string | undefined): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  assertMayDecide(call.person, grant, call.stored.config);
  assertUndecided(api, grant, "approved");
  const approved = await changeStatus(api.table, grant, {
    to: "approved",
    event: "GrantApproved",
    actor: call.person.name,
    patch: { approvals: [...grant.approvals, word(api, call, reason)] },
    now: api.clock(),
  });
  await notify(api, approved);
  return approved;
}

/** @throws NOT_FOUND, OWN_REQUEST, NOT_ALLOWED, WRONG_STATUS, CONFLICT. */
export async function deny(api: Api, call: Call, id: string, reason: string | undefined): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  assertMayDecide(call.person, grant, call.stored.config);
  assertUndecided(api, grant, "denied");
  const denial = word(api, call, reason);
  const denied = await changeStatus(api.table, grant, {
    to: "denied",
    event: "GrantDenied",
    actor: call.person.name,
    patch: { denial, closedAt: denial.at },
    now: api.clock(),
  });
  await notify(api, denied);
  return denied;
}

/** The requester (or an administrator) takes a request back that has not become access yet. */
export async function cancel(api: Api, call: Call, id: string): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  if (!isOwn(call, grant) && !isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only the requester or an administrator may cancel this request", {
      next: `dblease deny ${grant.id} --reason "..."`,
    });
  }
  if (grant.status !== "requested" && grant.status !== "approved") throw wrongStatus(grant, "cancelled");
  const now = api.clock();
  const cancelled = await changeStatus(api.table, grant, {
    to: "cancelled",
    event: "GrantCancelled",
    actor: call.person.name,
    patch: { closedAt: now.toISOString() },
    now,
  });
  await notify(api, cancelled);
  return cancelled;
}
