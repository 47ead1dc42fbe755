/**
 * POST /grants/{id}/extend: the deadline of the same grant moves. The table first, then the engine's own expiry, then
 * the wake-up (dangers 6, 7); what fails on the way leaves the shorter access.
 */
import { assertMayDecide, decideAgain } from "../approval.ts";
import type { Allowed } from "../decide.ts";
import { durationText } from "../duration.ts";
import { DbleaseError } from "../errors.ts";
import { scopesOf } from "../freeze.ts";
import type { Grant } from "../grant.ts";
import { findPeople } from "../iam/find-people.ts";
import { followPolicy } from "../iam/person-policies.ts";
import { assertNotFrozen } from "../store/freezes.ts";
import { changeStatus } from "../store/grants.ts";
import { wake } from "../workflow/start.ts";
import { type Api, type Call, isOwn, visibleGrant, wrongStatus } from "./api.ts";

/** Seconds before its end in which a grant cannot be extended any more: its revoke may have begun. */
const marginSeconds = 5;

function assertStillOpen(grant: Grant, now: Date): void {
  const rest = Date.parse(grant.expiresAt ?? "") - now.getTime();
  if (grant.status !== "active" || !(rest > marginSeconds * 1000))
    throw wrongStatus(grant, "extended; request again");
}

async function stillAllowed(api: Api, call: Call, grant: Grant, now: Date): Promise<Allowed> {
  const { config } = call.stored;
  const decision = decideAgain(grant, await findPeople(api.iam, grant, config), config, now);
  if (decision.outcome === "allowed") return decision;
  throw new DbleaseError("REFUSED", decision.because, { next: "dblease databases" });
}

function assertWithin(grant: Grant, decision: Allowed, bySeconds: number, expiresAt: Date, now: Date): void {
  const used = grant.extensions ?? 0;
  if (used >= decision.maxExtensions) {
    throw new DbleaseError(
      "REFUSED",
      `rule ${decision.rule} allows ${decision.maxExtensions} extensions; ${used} are used`,
      {
        next: "request again when this grant has ended",
      },
    );
  }
  if (bySeconds < 1 || expiresAt.getTime() - now.getTime() > decision.maxSeconds * 1000) {
    throw new DbleaseError(
      "REFUSED",
      `rule ${decision.rule} allows at most ${durationText(decision.maxSeconds)} from now`,
      {
        next: "extend by less",
      },
    );
  }
}

/**
 * Under a rule without approval the requester extends; under one with approval an approver does, which is the approval.
 * @throws NOT_FOUND, NOT_ALLOWED, OWN_REQUEST, REFUSED, WRONG_STATUS (too late), CONFLICT (it is being revoked).
 */
export async function extend(api: Api, call: Call, id: string, bySeconds: number): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  const now = api.clock();
  assertStillOpen(grant, now);
  const decision = await stillAllowed(api, call, grant, now);
  const steps = decision.approvalSteps;
  if (steps.reduce((sum, step) => sum + step.minimum, 0) > 1) {
    throw new DbleaseError(
      "REFUSED",
      `rule ${decision.rule} wants several approvals, which an extension has not`,
      {
        next: "request again before this grant ends",
      },
    );
  }
  if (steps.length > 0) assertMayDecide(call.person, { ...grant, approvalSteps: steps }, call.stored.config);
  else if (!isOwn(call, grant)) {
    throw new DbleaseError("NOT_ALLOWED", "only the requester may extend this grant", {
      next: "ask the requester",
    });
  }
  const scopes = scopesOf(grant.database.id, grant.requester.name);
  await assertNotFrozen(api.table, scopes);
  const expiresAt = new Date(Date.parse(grant.expiresAt ?? "") + bySeconds * 1000);
  assertWithin(grant, decision, bySeconds, expiresAt, now);
  const extended = await changeStatus(api.table, grant, {
    to: "active",
    event: "GrantExtended",
    actor: call.person.name,
    scopes,
    patch: { expiresAt: expiresAt.toISOString(), extensions: (grant.extensions ?? 0) + 1 },
    now,
  });
  // A lost wake-up is done by the sweeper; until then the database keeps the earlier end for new logins.
  await wake(api, extended.id).catch(() => false);
  await followPolicy(api.personPolicies, extended).catch((cause: unknown) => {
    const sentence = `grant ${id} is extended, but IAM was not told: new logins end at ${grant.expiresAt}`;
    throw new DbleaseError("UNAVAILABLE", sentence, { next: "connect before then, or request again", cause });
  });
  return extended;
}
