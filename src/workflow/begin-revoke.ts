/**
 * The intent of a revoke, written before the database is touched: one revoker at a time by a lease on the grant,
 * the members of the database as RDS knows them now, and the change to `revoking`.
 */
import type { RDSClient } from "@aws-sdk/client-rds";
import { DbleaseError } from "../errors.ts";
import { type Grant, type GrantEnd, type GrantId, isDue } from "../grant.ts";
import { followPolicy, type PersonPolicyFunction } from "../iam/person-policies.ts";
import { readGrant } from "../store/find-grants.ts";
import { changeStatus, type Patch, touchGrant } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import { findMembers, findMembersOf, resolveMembers } from "./resolve-members.ts";

interface Parts {
  table: Table;
  rds: RDSClient;
  personPolicies: PersonPolicyFunction;
  clock: () => Date;
}

/** Longer than the revoke function's time-out, see infra; the function renews it at each try. */
const leaseSeconds = 90;

function refuse(
  code: "ALREADY_CLOSED" | "NOT_DUE" | "GRANT_IN_FLIGHT" | "LEASE_HELD",
  sentence: string,
): never {
  throw new DbleaseError(code, sentence, {
    next: "nothing to do: the workflow or the sweeper goes on by itself",
  });
}

function assertMayBegin(grant: Grant, now: Date): void {
  switch (grant.status) {
    case "requested":
    case "approved":
    case "denied":
    case "lapsed":
    case "cancelled":
    case "revoked":
    case "grant_failed":
      refuse("ALREADY_CLOSED", `grant ${grant.id} is ${grant.status}: there is nothing to revoke`);
      break;
    case "active":
      if (!isDue(grant, now)) refuse("NOT_DUE", `grant ${grant.id} is active until ${grant.expiresAt}`);
      return;
    default:
      if (grantInFlight(grant, now)) refuse("GRANT_IN_FLIGHT", `grant ${grant.id} is being made right now`);
  }
}

/** A time-out of a workflow does not stop its function; only its end or its deadline does (dangers 5). */
function grantInFlight(grant: Grant, now: Date): boolean {
  const attempt = grant.grantAttempt;
  if (!attempt || attempt.endedAt || Date.parse(attempt.deadline) <= now.getTime()) return false;
  return grant.status === "granting" || attempt.startedAt !== undefined;
}

/** Takes or renews the lease. @throws LEASE_HELD if another revoker holds it. */
export async function takeLease(table: Table, id: GrantId, holder: string, now: Date): Promise<void> {
  const until = new Date(now.getTime() + leaseSeconds * 1000).toISOString();
  const taken = await touchGrant(
    table,
    id,
    { lease: { holder, until } },
    {
      expression: "attribute_exists(pk) AND (attribute_not_exists(#l) OR #l.#h = :me OR #l.#u < :now)",
      names: { "#l": "lease", "#h": "holder", "#u": "until" },
      values: { ":me": holder, ":now": now.toISOString() },
    },
  );
  if (!taken) refuse("LEASE_HELD", `another revoke of grant ${id} is at work`);
}

function endOf(grant: Grant, now: Date): GrantEnd {
  if (grant.end) return grant.end;
  const cause = grant.status === "granting" ? "failure" : "expiry";
  return { cause, by: "dblease", at: now.toISOString() };
}

/** What stands under the database's name now and, where that is another server, the one on which the user was made. */
async function servers(rds: RDSClient, { database, serverId }: Grant): Promise<Patch> {
  const known = { membersAreOld: undefined, formerMembers: undefined };
  if (!serverId) return { ...known, members: await resolveMembers(rds, database) };
  const members = await findMembers(rds, database);
  if (members[0]?.resourceId === serverId) return { ...known, members };
  return { ...known, members, formerMembers: await findMembersOf(rds, serverId, database) };
}

/**
 * Policy mode: takes the policy away and has IAM read back. IAM may be down: the database is fenced all the same, and only
 * the proof waits.
 */
async function takePolicy(parts: Parts, grant: Grant): Promise<void> {
  if (!grant.personRole) return;
  const policyAbsentAt = await followPolicy(parts.personPolicies, grant).catch(() => undefined);
  await touchGrant(
    parts.table,
    grant.id,
    { policyAbsentAt },
    {
      expression: "#s = :s",
      names: { "#s": "status" },
      values: { ":s": "revoking" },
    },
  );
}

/**
 * @param holder name of the revoke execution; the lease is its, and so is the receipt.
 * @throws ALREADY_CLOSED, NOT_DUE, GRANT_IN_FLIGHT, LEASE_HELD, UNAVAILABLE.
 */
export async function beginRevoke(
  parts: Parts,
  id: GrantId,
  holder: string,
): Promise<{ grantId: GrantId; holder: string; engine: string }> {
  assertMayBegin(await readGrant(parts.table, id), parts.clock());
  await takeLease(parts.table, id, holder, parts.clock());
  // Read again: what was decided before the lease may be old.
  const grant = await readGrant(parts.table, id);
  const now = parts.clock();
  assertMayBegin(grant, now);
  // An RDS API that is down must not keep access open; only the proof has to wait for it.
  const members = await servers(parts.rds, grant).catch(() => ({ membersAreOld: true }));
  if (grant.status !== "revoking") {
    await changeStatus(parts.table, grant, {
      to: "revoking",
      event: "GrantRevoking",
      actor: endOf(grant, now).by,
      patch: { end: endOf(grant, now), ...members },
      now,
    });
  } else {
    await touchGrant(parts.table, id, members, { expression: "attribute_exists(pk)" });
  }
  await takePolicy(parts, grant);
  return { grantId: id, holder, engine: grant.database.engine };
}
