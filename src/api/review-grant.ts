/** POST /grants/{id}/review: somebody else looks at a broken glass afterwards and says what they found. */
import { mayReview } from "../approval.ts";
import { DbleaseError } from "../errors.ts";
import type { Grant } from "../grant.ts";
import { changeStatus } from "../store/grants.ts";
import { type Api, type Call, visibleGrant, word } from "./api.ts";

/** @throws NOT_FOUND, WRONG_STATUS (nothing to review, or reviewed already), OWN_REQUEST, NOT_ALLOWED, CONFLICT. */
export async function review(api: Api, call: Call, id: string, reason: string): Promise<Grant> {
  const grant = await visibleGrant(api, call, id);
  const { breakGlass } = grant;
  if (!breakGlass || breakGlass.review) {
    const sentence = breakGlass
      ? `${breakGlass.review?.name} has reviewed it already`
      : "no glass was broken for it";
    throw new DbleaseError("WRONG_STATUS", `grant ${id} needs no review: ${sentence}`, {
      next: `dblease show ${id}`,
    });
  }
  if (call.person.id === grant.requester.id) {
    throw new DbleaseError("OWN_REQUEST", "nobody reviews their own access", {
      next: `ask ${breakGlass.reviewers.join(" or ")}`,
    });
  }
  if (!mayReview(call.person, grant, call.stored.config)) {
    throw new DbleaseError("NOT_ALLOWED", `${call.person.name} is not a reviewer of this grant`, {
      next: `ask ${breakGlass.reviewers.join(" or ")}`,
    });
  }
  return changeStatus(api.table, grant, {
    to: grant.status,
    event: "GrantReviewed",
    actor: call.person.name,
    patch: { breakGlass: { ...breakGlass, review: word(api, call, reason) } },
    now: api.clock(),
  });
}
