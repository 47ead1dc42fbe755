/** POST /grants/{id}/claim: the person whom an event named makes its draft a request of their own. */
import { type Draft, isClaimable } from "../draft.ts";
import { DbleaseError } from "../errors.ts";
import { type Grant, grantIdPattern } from "../grant.ts";
import { isNamed } from "../identity.ts";
import { findDraft, findDrafts } from "../store/drafts.ts";
import { openGrant } from "../workflow/open-grant.ts";
import type { Api, Call } from "./api.ts";
import { idempotencyOf } from "./request-access.ts";

/** A draft names one person: a group of that name would make it anybody's. */
function isFor({ person, stored }: Call, draft: Draft): boolean {
  return isNamed(person, [draft.person], { persons: stored.config.persons, groups: {} });
}

/** Drafts that this caller may claim now. */
export async function listDrafts(api: Api, call: Call): Promise<Draft[]> {
  const now = api.clock();
  return (await findDrafts(api.table)).filter((it) => isClaimable(it, now) && isFor(call, it));
}

/**
 * The rules decide about the caller as they stand now, as for any request.
 * @throws BAD_VERIFIER, NOT_FOUND (also for everybody else's drafts), WRONG_STATUS (too late), CONFLICT (claimed), and what openGrant throws.
 */
export async function claimDraft(
  api: Api,
  call: Call,
  id: string,
  body: { verifier: string },
  idempotencyKey: string | undefined,
): Promise<Grant> {
  const idempotency = idempotencyOf(idempotencyKey, body);
  const draft = grantIdPattern.test(id) ? await findDraft(api.table, id) : undefined;
  if (!draft || !isFor(call, draft)) {
    throw new DbleaseError("NOT_FOUND", `there is no draft ${id.slice(0, 40)} that you may claim`, {
      next: "dblease claim lists yours",
    });
  }
  if (Date.parse(draft.claimBy) <= api.clock().getTime()) {
    throw new DbleaseError("WRONG_STATUS", `draft ${id} could be claimed until ${draft.claimBy}`, {
      next: `dblease request ${draft.database} --role ${draft.role}`,
    });
  }
  return openGrant(api, {
    ...call,
    id: draft.id,
    wish: draft,
    birth: { idempotency, verifier: body.verifier, claims: true },
  });
}
