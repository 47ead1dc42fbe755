/**
 * The last step before the database is touched: the rules are asked again, the members are looked up, and the
 * intent is written with a deadline after which nothing of it may still act (dangers 5, 22).
 */
import type { IAMClient } from "@aws-sdk/client-iam";
import type { RDSClient } from "@aws-sdk/client-rds";
import { decideAgain } from "../approval.ts";
import { DbleaseError } from "../errors.ts";
import { scopesOf } from "../freeze.ts";
import type { Grant, GrantId } from "../grant.ts";
import { findPeople } from "../iam/find-people.ts";
import { followPolicy, type PersonPolicyFunction } from "../iam/person-policies.ts";
import { readConfigItem } from "../store/configs.ts";
import { movedServer } from "../store/databases.ts";
import { readGrant } from "../store/find-grants.ts";
import { findFreezes } from "../store/freezes.ts";
import { changeStatus, touchGrant } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import { resolveMembers } from "./resolve-members.ts";
import { resolveProxy } from "./resolve-proxy.ts";

interface Parts {
  table: Table;
  rds: RDSClient;
  iam: IAMClient;
  personPolicies: PersonPolicyFunction;
  clock: () => Date;
}

/** Seconds from the intent to the deadline: the task's retries and its time-out fit in, see grant.asl.json. */
const attemptSeconds = 90;

function wrongStatus(grant: Grant): never {
  throw new DbleaseError("WRONG_STATUS", `grant ${grant.id} is ${grant.status}, not approved`, {
    next: `dblease show ${grant.id}`,
  });
}

async function deny(table: Table, grant: Grant, because: string, now: Date): Promise<never> {
  const at = now.toISOString();
  wrongStatus(
    await changeStatus(table, grant, {
      to: "denied",
      event: "GrantDenied",
      actor: "dblease",
      patch: { denial: { id: "dblease", name: "dblease", at, reason: because }, closedAt: at },
      now,
    }),
  );
}

/**
 * Policy mode: the policy first, so that IAM knows it by the time there is a user; alone it opens nothing.
 * @throws UNAVAILABLE; WRONG_STATUS, the grant being denied, where the person's role has no room for it.
 */
async function letSign(parts: Parts, grant: Grant, to: Pick<Grant, "members" | "proxy">): Promise<void> {
  if (!grant.personRole) return;
  const isApproved = { expression: "#s = :s", names: { "#s": "status" }, values: { ":s": "approved" } };
  if (!(await touchGrant(parts.table, grant.id, to, isApproved))) return;
  await followPolicy(parts.personPolicies, grant).catch((error: unknown) => {
    if (!(error instanceof DbleaseError) || error.code === "UNAVAILABLE") throw error;
    return deny(parts.table, grant, error.message, parts.clock());
  });
}

/**
 * Moves an approved grant to `granting`.
 * @throws NOT_YET before a planned start; WRONG_STATUS unless the grant is approved and still allowed; UNAVAILABLE if RDS cannot say where it is.
 */
export async function beginGrant(parts: Parts, id: GrantId): Promise<{ grantId: GrantId; engine: string }> {
  const grant = await readGrant(parts.table, id);
  const answer = { grantId: id, engine: grant.database.engine };
  if (grant.status === "granting") return answer;
  if (grant.status !== "approved") return wrongStatus(grant);
  if (grant.startAt && Date.parse(grant.startAt) > parts.clock().getTime()) {
    throw new DbleaseError("NOT_YET", `grant ${grant.id} starts at ${grant.startAt}`, {
      next: "nothing to do: it starts by itself",
    });
  }
  const { config } = await readConfigItem(parts.table);
  const people = await findPeople(parts.iam, grant, config);
  const decision = decideAgain(grant, people, config, parts.clock());
  if (decision.outcome === "refused") return deny(parts.table, grant, decision.because, parts.clock());
  const scopes = scopesOf(grant.database.id, grant.requester.name);
  const [freeze] = await findFreezes(parts.table, scopes);
  if (freeze)
    return deny(parts.table, grant, `${freeze.by.name} has frozen it: ${freeze.reason}`, parts.clock());
  const members = await resolveMembers(parts.rds, grant.database);
  if (grant.model === "iam" && !members[0]?.iamEnabled) {
    const because = `IAM authentication of database ${grant.database.id} is off: dblease databases enable-iam ${grant.database.id}`;
    return deny(parts.table, grant, because, parts.clock());
  }
  const judged = grant.model === "iam" ? await resolveProxy(parts.rds, config, grant.database) : undefined;
  if (judged && !("proxy" in judged)) {
    return deny(parts.table, grant, `${judged.sentence}: ${judged.repair}`, parts.clock());
  }
  const moved = await movedServer(parts.table, grant.database.id, members);
  if (moved) return deny(parts.table, grant, moved, parts.clock());
  const to = { members, ...judged };
  await letSign(parts, grant, to);
  const now = parts.clock();
  const serverId = members[0]?.resourceId;
  await changeStatus(parts.table, grant, {
    to: "granting",
    event: "GrantGranting",
    actor: "dblease",
    // Asked once more inside the transaction: a freeze that came meanwhile is not overtaken (dangers 24).
    scopes,
    patch: {
      ...to,
      ...(serverId ? { serverId } : {}),
      grantAttempt: {
        deadline: new Date(now.getTime() + attemptSeconds * 1000).toISOString(),
      },
    },
    now,
  });
  return answer;
}
