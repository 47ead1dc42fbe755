/** POST /grants/{id}/approve, deny, cancel. */
import { assertMayDecide, openSteps } from "../approval.ts";
import { approvalText } from "../approval-text.ts";
import { DbleaseError } from "../errors.ts";
import type { Grant } from "../grant.ts";
import { findPeople } from "../iam/find-people.ts";
import { changeStatus } from "../store/grants.ts";
import { startGrant, wake } from "../workflow/start.ts";
import { type Api, type Call, isAdmin, isOwn, visibleGrant, word, wrongStatus } from "./api.ts";

/** The table is written; the workflow is only woken. What gets lost here the sweeper does again. */
async function notify(api: Api, grant: Grant): Promise<void> {
  const woken = await wake(api, grant.id).catch(() => false);
  if (!woken && grant.status === "approved") await startGrant(api.workflows, grant.id).catch(() => false);
}

function assertUndecided(api: Api, grant: Grant, wish: string): void {
  if (grant.status !== "requested" || Date.parse(grant.approveBy) <= api.clock().getTime())
    throw wrongStatus(grant, wish);
}

/**
 * Adds one person's yes; with the last that is needed the request is approved.
 * @throws NOT_FOUND, OWN_REQUEST, NOT_ALLOWED (also twice by one person), WRONG_STATUS (late), CONFLICT.
 */
export async function approve(api: Api, call: Call, id: string, reason: string | undefined): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  const { config } = call.stored;
  assertMayDecide(call.person, grant, config);
  assertUndecided(api, grant, "approved");
  const { approvers } = await findPeople(api.iam, grant, config);
  const before = openSteps(grant.approvalSteps, approvers, config);
  const after = openSteps(grant.approvalSteps, [...approvers, call.person], config);
  if (grant.approvals.some((it) => it.id === call.person.id) || after.length === before.length) {
    throw new DbleaseError("NOT_ALLOWED", "your approval is given, or not among those still needed", {
      next: `ask ${approvalText(before)}`,
    });
  }
  const enough = after.length === 0;
  const approved = await changeStatus(api.table, grant, {
    to: enough ? "approved" : "requested",
    event: enough ? "GrantApproved" : "ApprovalGiven",
    actor: call.person.name,
    patch: { approvals: [...grant.approvals, word(api, call, reason)] },
    now: api.clock(),
  });
  if (enough) await notify(api, approved);
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
