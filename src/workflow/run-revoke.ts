/**
 * The database step of a revoke: the engine ends the access and reads back; the receipt and the status that
 * follows from it are written by the holder of the lease alone.
 */
import { DbleaseError } from "../errors.ts";
import type { GrantEventName } from "../events.ts";
import type { Grant, GrantId, GrantStatus } from "../grant.ts";
import { isClean, kept, type Receipt, type Residue, together, withoutServer } from "../receipt.ts";
import { readGrant } from "../store/find-grants.ts";
import { changeStatus, type Patch, touchGrant } from "../store/grants.ts";
import { attentionAt } from "../sweep.ts";
import { takeLease } from "./begin-revoke.ts";
import { type DatabaseStep, knownUser } from "./run-grant.ts";
import { removeServiceSecret } from "./service-secret.ts";

interface Outcome {
  to: GrantStatus;
  event: GrantEventName;
  patch: Patch;
}

/** What a person must look at; everything else is tried again. */
const forPersons: readonly Residue["kind"][] = ["object", "executable", "prepared_transaction", "privilege"];

function needsPerson(receipt: Receipt): boolean {
  const rest = receipt.residue.filter((it) => it.kind !== "user" && it.kind !== "membership");
  return rest.length > 0 && rest.every((it) => forPersons.includes(it.kind)) && receipt.sessions === 0;
}

function failed(grant: Grant, message: string, receipt: Receipt, now: Date): Outcome {
  const count = (grant.failure?.count ?? 0) + 1;
  const failure = { code: "RESIDUE", message, at: now.toISOString(), count };
  return { to: "revoke_failed", event: "RevokeFailed", patch: { receipt, lease: undefined, failure } };
}

/** What a receipt means for the grant (pure). */
export function outcomeOf(grant: Grant, receipt: Receipt, now: Date): Outcome {
  if (needsPerson(receipt)) {
    return { to: "quarantined", event: "GrantQuarantined", patch: { receipt, lease: undefined } };
  }
  if (!isClean(receipt)) {
    const named = receipt.residue.slice(0, 5).map((it) => `${it.what} (${it.where})`);
    const more = receipt.residue.length - named.length;
    return failed(grant, `${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}`, receipt, now);
  }
  if (grant.personRole && !grant.policyAbsentAt) {
    return failed(grant, `IAM could not say that ${grant.personRole} has lost its policy`, receipt, now);
  }
  if (grant.membersAreOld) return failed(grant, "RDS could not say which servers there are", receipt, now);
  const patch: Patch = { receipt, lease: undefined, closedAt: grant.closedAt ?? now.toISOString() };
  return grant.end?.cause === "failure"
    ? { to: "grant_failed", event: "GrantFailed", patch }
    : { to: "revoked", event: "GrantRevoked", patch: { ...patch, failure: undefined } };
}

/** RDS itself said that the server of the grant is gone, and that nothing stands under its database's name. */
function hasNoServer({ members, formerMembers }: Grant): boolean {
  return members?.length === 0 && formerMembers?.length === 0;
}

/** Looks once more at a user that was gone. @returns whether it still is. */
async function recheck<Connection>(step: DatabaseStep<Connection>, grant: Grant): Promise<boolean> {
  const receipt = hasNoServer(grant)
    ? withoutServer(grant.username, step.clock())
    : await step.engine.inspect(await step.door(grant), knownUser(step, grant), step.clock);
  if (!isClean(receipt)) return false;
  const dueAt = attentionAt({ ...grant, recheckedAt: receipt.readBackAt }, step.clock());
  const closed = { recheckedAt: receipt.readBackAt, lease: undefined, dueAt };
  await touchGrant(step.table, grant.id, dueAt === undefined ? { ...closed, open: undefined } : closed, {
    expression: "#v = :v",
    names: { "#v": "version" },
    values: { ":v": grant.version },
  });
  return true;
}

/**
 * Ends the user on what stands under the database's name and, where that is another server, on its own (dangers 26).
 * One that cannot be asked does not keep the other from being asked.
 */
async function endEverywhere<Connection>(step: DatabaseStep<Connection>, grant: Grant): Promise<Receipt> {
  if (hasNoServer(grant)) return withoutServer(grant.username, step.clock());
  const servers = [grant.members ?? [], grant.formerMembers ?? []].filter((it) => it.length > 0);
  if (servers.length === 0) {
    throw new DbleaseError("UNAVAILABLE", `nobody has said where database ${grant.database.id} is`, {
      next: `dblease doctor ${grant.database.id}`,
    });
  }
  const ended = await Promise.allSettled(
    servers.map(async (members) => {
      const there = { ...grant, members };
      return step.engine.revoke(await step.door(there), knownUser(step, there), step.clock);
    }),
  );
  return ended
    .map((it) => {
      if (it.status === "rejected") throw it.reason;
      return it.value;
    })
    .reduce(together);
}

/** What the server of the grant has become, where it no longer stands under its database's name. */
function formerServer({ serverId, formerMembers }: Grant): Pick<Receipt, "formerServer"> {
  if (serverId === undefined || formerMembers === undefined) return {};
  return { formerServer: { id: serverId, exists: formerMembers.length > 0 } };
}

function iamPolicy({ personRole: role, policyAbsentAt: absentAt }: Grant): Pick<Receipt, "iamPolicy"> {
  return role && absentAt ? { iamPolicy: { role, absentAt } } : {};
}

/**
 * Ends the access and proves it.
 * @param holder name of the revoke execution that holds the lease.
 * @returns the status that the receipt gave. @throws LEASE_HELD, WRONG_STATUS, what the engine throws (database down).
 */
export async function runRevoke<Connection>(
  step: DatabaseStep<Connection>,
  id: GrantId,
  holder: string,
): Promise<{ grantId: GrantId; status: GrantStatus }> {
  await takeLease(step.table, id, holder, step.clock());
  let grant = await readGrant(step.table, id);
  if (grant.status === "revoked" || grant.status === "grant_failed") {
    if (await recheck(step, grant)) return { grantId: id, status: grant.status };
    grant = await changeStatus(step.table, grant, {
      to: "revoking",
      event: "GrantRevoking",
      actor: "dblease",
      now: step.clock(),
    });
  }
  if (grant.status !== "revoking") {
    throw new DbleaseError("WRONG_STATUS", `grant ${id} is ${grant.status}, not revoking`, {
      next: `dblease show ${id}`,
    });
  }
  const found = await endEverywhere(step, grant);
  if (grant.service) await removeServiceSecret(step.secrets, grant);
  // What an earlier try has moved is data left behind all the same.
  const { moved = [], unlisted } = grant.receipt ?? {};
  const receipt = {
    ...found,
    ...formerServer(grant),
    ...iamPolicy(grant),
    moved: [...moved, ...found.moved],
    ...(unlisted ? { unlisted } : {}),
  };
  const now = step.clock();
  const outcome = outcomeOf(grant, receipt, now);
  const patch = { ...outcome.patch, receipt: kept(receipt) };
  await changeStatus(step.table, grant, { ...outcome, patch, actor: "dblease", now });
  return { grantId: id, status: outcome.to };
}
