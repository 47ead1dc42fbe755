/** What every route needs; built once per function start. */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { RDSClient } from "@aws-sdk/client-rds";
import { mayDecide, mayReview } from "../approval.ts";
import type { StoredConfig } from "../config.ts";
import { DbleaseError } from "../errors.ts";
import type { Approval, Grant } from "../grant.ts";
import type { PersonPolicyFunction } from "../iam/person-policies.ts";
import { isNamed, type Person } from "../identity.ts";
import { findGrant } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import type { Workflows } from "../workflow/start.ts";

export interface Api {
  table: Table;
  workflows: Workflows;
  iam: IAMClient;
  rds: RDSClient;
  personPolicies: PersonPolicyFunction;
  clock: () => Date;
  /** `count` random bytes. */
  random: (count: number) => Uint8Array;
}

/** One signed call: who, and under which configuration. */
export interface Call {
  person: Person;
  stored: StoredConfig;
}

export function isAdmin(call: Call): boolean {
  return call.person.mayApprove && isNamed(call.person, call.stored.config.admins ?? [], call.stored.config);
}

export function isAuditor(call: Call): boolean {
  return isNamed(call.person, call.stored.config.auditors ?? [], call.stored.config);
}

export function isOwn(call: Call, grant: Pick<Grant, "requester">): boolean {
  return call.person.id === grant.requester.id;
}

function maySee(call: Call, grant: Grant): boolean {
  return (
    isOwn(call, grant) ||
    isAdmin(call) ||
    isAuditor(call) ||
    mayDecide(call.person, grant, call.stored.config) ||
    mayReview(call.person, grant, call.stored.config)
  );
}

/** The grant, if this caller may see it; otherwise it does not exist for them. @throws NOT_FOUND */
export async function visibleGrant(api: Pick<Api, "table">, call: Call, id: string): Promise<Grant> {
  const grant = /^[0-9a-z]{12}$/.test(id) ? await findGrant(api.table, id) : undefined;
  if (grant && maySee(call, grant)) return grant;
  throw new DbleaseError("NOT_FOUND", `there is no grant ${id.slice(0, 40)} that you may see`, {
    next: "dblease grants",
  });
}

/** What this caller says about a grant, as the grant keeps it. */
export function word(api: Api, call: Call, reason: string | undefined): Approval {
  return {
    id: call.person.id,
    name: call.person.name,
    ...(call.person.principal ? { principal: call.person.principal } : {}),
    at: api.clock().toISOString(),
    ...(reason ? { reason } : {}),
  };
}

export function wrongStatus(grant: Grant, wish: string): DbleaseError {
  return new DbleaseError("WRONG_STATUS", `grant ${grant.id} is ${grant.status}: it cannot be ${wish}`, {
    next: `dblease show ${grant.id}`,
  });
}
