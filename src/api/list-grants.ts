/** GET /grants: mine, those that wait for me, and for administrators and auditors all that are open. */
import { mayDecide } from "../approval.ts";
import { type Grant, isOpen } from "../grant.ts";
import { grantsOf, openGrants } from "../store/find-grants.ts";
import { type Api, type Call, isAdmin, isAuditor } from "./api.ts";

/** Enough for a person; the audit is not asked here. */
const newest = 100;

export async function listGrants(api: Api, call: Call, toApprove: boolean): Promise<Grant[]> {
  if (toApprove) {
    const open = await openGrants(api.table);
    return open.filter((it) => it.status === "requested" && mayDecide(call.person, it, call.stored.config));
  }
  const own = await grantsOf(api.table, call.person.id, newest);
  if (!isAdmin(call) && !isAuditor(call)) return own;
  const others = (await openGrants(api.table)).filter(
    (it) => isOpen(it.status) && it.requester.id !== call.person.id,
  );
  return [...own, ...others].sort((a, b) => b.requestedAt.localeCompare(a.requestedAt));
}
