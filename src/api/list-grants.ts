/** GET /grants: mine, those that wait for my approval or review, and for administrators and auditors all that are open. */
import { mayDecide, mayReview } from "../approval.ts";
import { type Grant, isOpen } from "../grant.ts";
import { grantsOf, openGrants } from "../store/find-grants.ts";
import { owesReview } from "../sweep.ts";
import { type Api, type Call, isAdmin, isAuditor } from "./api.ts";

/** Enough for a person; the audit is not asked here. */
const newest = 100;

type Waiting = "toApprove" | "toReview";

/** Absent: mine, and for administrators and auditors all that are open. */
export type Listing = "mine" | Waiting;

function waitsFor(call: Call, waiting: Waiting, grant: Grant): boolean {
  const { person, stored } = call;
  return waiting === "toApprove"
    ? grant.status === "requested" && mayDecide(person, grant, stored.config)
    : owesReview(grant) && mayReview(person, grant, stored.config);
}

export async function listGrants(api: Api, call: Call, listing: Listing | undefined): Promise<Grant[]> {
  if (listing === "toApprove" || listing === "toReview")
    return (await openGrants(api.table)).filter((it) => waitsFor(call, listing, it));
  const own = await grantsOf(api.table, call.person.id, newest);
  if (listing === "mine" || (!isAdmin(call) && !isAuditor(call))) return own;
  const others = (await openGrants(api.table)).filter(
    (it) => isOpen(it.status) && it.requester.id !== call.person.id,
  );
  return [...own, ...others].sort((a, b) => b.requestedAt.localeCompare(a.requestedAt));
}
