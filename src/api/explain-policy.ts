/** GET /policy/explain: which rule decides for somebody, and why, without asking for anything. */
import { type AccessRequest, type Decision, decide } from "../decide.ts";
import { DbleaseError } from "../errors.ts";
import { type Api, type Call, isAdmin, isAuditor } from "./api.ts";

/** @param as person name as rules and grants write it. @throws NOT_ALLOWED */
export function explainPolicy(
  api: Api,
  call: Call,
  as: string,
  wish: Omit<AccessRequest, "person">,
): Decision {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors may ask for others", {
      next: "dblease databases shows what you may ask for",
    });
  }
  const declared = Object.hasOwn(call.stored.config.persons, as);
  const person = { id: declared ? `person/${as}` : `named/${as}`, name: as };
  return decide({ ...wish, person }, call.stored.config, api.clock());
}
