/**
 * Policy mode: brings the inline policy of one grant, on its requester's own IAM role, to what the grant says. Whoever
 * calls it names a grant and nothing else; role, user and servers stand in the row.
 */
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  PutRolePolicyCommand,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";
import { DbleaseError } from "../errors.ts";
import {
  entrances,
  type Grant,
  type GrantId,
  type GrantStatus,
  grantIdPattern,
  type Instant,
} from "../grant.ts";
import { findGrant, readGrant } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import { connectPolicy } from "./connect-policy.ts";
import { roleName } from "./person-role.ts";

export interface PersonPolicies {
  table: Table;
  iam: IAMClient;
  region: string;
  clock: () => Date;
}

/** Statuses in which the policy stands; before the database is touched too, because IAM takes seconds to know it. */
const standing: readonly GrantStatus[] = ["approved", "granting", "active"];

/** From here to the activation at most, see begin-grant.ts; from then on the grant's own end counts. */
const attemptSeconds = 90;

type RolePolicy = { RoleName: string; PolicyName: GrantId };

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name.startsWith(name);
}

function until(grant: Grant, now: Date): Instant {
  const latest = now.getTime() + (attemptSeconds + grant.durationSeconds) * 1000;
  return grant.expiresAt ?? new Date(latest).toISOString();
}

function policyOf(grant: Grant, role: string, region: string, now: Date): string {
  const [, partition = "", , , accountId = ""] = role.split(":");
  const servers = [...new Set(entrances(grant).flatMap((it) => it.resourceId ?? []))];
  const targets = servers.map((resourceId) => ({
    partition,
    region,
    accountId,
    resourceId,
    username: grant.username,
  }));
  return connectPolicy(targets, until(grant, now));
}

/** @throws TOO_MANY where the role is full (IAM: 10,240 characters of inline policies a role), UNAVAILABLE. */
async function put(iam: IAMClient, at: RolePolicy, PolicyDocument: string): Promise<void> {
  await iam.send(new PutRolePolicyCommand({ ...at, PolicyDocument })).catch((cause: unknown) => {
    if (isNamed(cause, "LimitExceeded")) {
      const sentence = `IAM role ${at.RoleName} holds as many policies as fit into one (10,240 characters)`;
      throw new DbleaseError("TOO_MANY", sentence, { next: "give a grant back: dblease revoke <id>", cause });
    }
    if (isNamed(cause, "NoSuchEntity")) {
      throw new DbleaseError("BAD_CONFIGURATION", `there is no IAM role ${at.RoleName}`, {
        next: "deploy dblease again; it makes the roles of all persons",
        cause,
      });
    }
    throw new DbleaseError("UNAVAILABLE", `IAM did not take a policy for role ${at.RoleName}`, {
      next: "nothing to do: it is tried again",
      cause,
    });
  });
}

/** Role or policy that is gone is gone. @throws what IAM throws */
async function remove(iam: IAMClient, at: RolePolicy): Promise<void> {
  await iam.send(new DeleteRolePolicyCommand(at)).catch((error: unknown) => {
    if (!isNamed(error, "NoSuchEntity")) throw error;
  });
}

/** @throws UNAVAILABLE where IAM still shows it. */
async function assertAbsent(iam: IAMClient, at: RolePolicy): Promise<void> {
  const found = await iam.send(new GetRolePolicyCommand(at)).catch((error: unknown) => {
    if (!isNamed(error, "NoSuchEntity")) throw error;
  });
  if (!found) return;
  throw new DbleaseError("UNAVAILABLE", `IAM still shows policy ${at.PolicyName} of role ${at.RoleName}`, {
    next: "nothing to do: it is looked at again",
  });
}

/**
 * @returns when IAM was read and had no policy of this grant any more; nothing while it has one.
 * @throws NOT_FOUND, TOO_MANY, BAD_CONFIGURATION, UNAVAILABLE, what IAM throws.
 */
export async function followGrant(parts: PersonPolicies, id: GrantId): Promise<{ absentAt?: Instant }> {
  const grant = await readGrant(parts.table, id);
  const role = grant.personRole;
  if (!role)
    throw new DbleaseError("NOT_FOUND", `grant ${id} has no IAM role`, { next: `dblease show ${id}` });
  const at = { RoleName: roleName(role), PolicyName: grant.id };
  if (standing.includes(grant.status)) {
    await put(parts.iam, at, policyOf(grant, role, parts.region, parts.clock()));
    // A revoke may have read the policy's absence between our look and our write.
    if (standing.includes((await readGrant(parts.table, id)).status)) return {};
  }
  await remove(parts.iam, at);
  await assertAbsent(parts.iam, at);
  return { absentAt: parts.clock().toISOString() };
}

/** A role that is gone has none. */
async function policiesOf(iam: IAMClient, RoleName: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const page of paginateListRolePolicies({ client: iam }, { RoleName })) {
      found.push(...(page.PolicyNames ?? []));
    }
  } catch (error) {
    if (!isNamed(error, "NoSuchEntity")) throw error;
  }
  return found;
}

/** A policy on one of these roles that no grant of dblease explains. */
export interface ForeignPolicy {
  role: string;
  policy: string;
}

/**
 * Goes through the roles of these persons: removes what is left of grants that ended.
 * @returns what dblease did not write, and leaves alone.
 */
export async function tidyRoles(
  parts: PersonPolicies,
  roles: readonly string[],
): Promise<{ removed: GrantId[]; foreign: ForeignPolicy[] }> {
  const removed: GrantId[] = [];
  const foreign: ForeignPolicy[] = [];
  for (const RoleName of roles) {
    for (const policy of await policiesOf(parts.iam, RoleName)) {
      const grant = grantIdPattern.test(policy) ? await findGrant(parts.table, policy) : undefined;
      if (!grant || roleName(grant.personRole ?? "") !== RoleName) foreign.push({ role: RoleName, policy });
      else if (standing.includes(grant.status)) continue;
      else if ((await followGrant(parts, policy)).absentAt) removed.push(policy);
    }
  }
  return { removed, foreign };
}
