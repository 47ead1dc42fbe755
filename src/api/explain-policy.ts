/** GET /policy/explain: which rule decides for somebody, and why, without asking for anything. */
import { type AccessRequest, type Decision, decide } from "../decide.ts";
import { DbleaseError } from "../errors.ts";
import { findUser } from "../iam/find-people.ts";
import type { Asker } from "../identity.ts";
import { type Api, type Call, isAdmin, isAuditor } from "./api.ts";

/** An IAM user with groups and tags as IAM knows them; anybody else by name alone, traits unknown. */
async function asker(api: Api, { config }: Call["stored"], as: string): Promise<Asker> {
  if (as.startsWith("iam-user/")) return findUser(api.iam, as.slice("iam-user/".length), config);
  const declared = Object.hasOwn(config.persons, as);
  return { id: declared ? `person/${as}` : `named/${as}`, name: as };
}

/** @param as person name as rules and grants write it, or `iam-user/<name>`. @throws NOT_ALLOWED, NOT_FOUND */
export async function explainPolicy(
  api: Api,
  call: Call,
  as: string,
  wish: Omit<AccessRequest, "person">,
): Promise<Decision> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors may ask for others", {
      next: "dblease databases shows what you may ask for",
    });
  }
  const person = await asker(api, call.stored, as);
  return decide({ ...wish, person }, call.stored.config, api.clock());
}
