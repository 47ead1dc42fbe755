/** Ends that need no database: a request that lapsed, a grant that could not begin, a revoke that failed for now. */
import type { Grant, GrantId, GrantStatus } from "../grant.ts";
import { readGrant } from "../store/find-grants.ts";
import { changeStatus } from "../store/grants.ts";
import type { Table } from "../store/table.ts";

/** What a workflow caught, as Step Functions reports it. */
export interface Caught {
  Error?: string;
  Cause?: string;
}

/** The sentence of a function's error; Step Functions wraps it as JSON. */
function sentence(caught: Caught): string {
  try {
    const cause: unknown = JSON.parse(caught.Cause ?? "");
    if (typeof cause === "object" && cause !== null && "errorMessage" in cause)
      return String(cause.errorMessage);
  } catch {
    // Not a function's error: the text itself says it.
  }
  return caught.Cause ?? caught.Error ?? "the workflow did not say why";
}

function failureOf(grant: Grant, caught: Caught, now: Date): NonNullable<Grant["failure"]> {
  return {
    code: caught.Error ?? "UNAVAILABLE",
    message: sentence(caught),
    at: now.toISOString(),
    count: (grant.failure?.count ?? 0) + 1,
  };
}

/** Another revoker at work says itself how it went. */
function isHeldByOther(grant: Grant, holder: string | undefined, now: Date): boolean {
  const { lease } = grant;
  return lease !== undefined && lease.holder !== holder && Date.parse(lease.until) > now.getTime();
}

/**
 * Reads the row strongly and does what is due without the database.
 * @param caught what the workflow caught. @param holder name of the revoke execution that gives up, if one does.
 * @returns the status afterwards; nothing changes where nothing is due.
 */
export async function settle(
  parts: { table: Table; clock: () => Date },
  id: GrantId,
  caught: Caught,
  holder?: string,
): Promise<{ grantId: GrantId; status: GrantStatus }> {
  const grant = await readGrant(parts.table, id);
  const now = parts.clock();
  const at = now.toISOString();
  if (grant.status === "requested" && Date.parse(grant.approveBy) <= now.getTime()) {
    await changeStatus(parts.table, grant, {
      to: "lapsed",
      event: "GrantLapsed",
      actor: "dblease",
      patch: { closedAt: at },
      now,
    });
    return { grantId: id, status: "lapsed" };
  }
  if (grant.status === "approved") {
    const patch = { failure: failureOf(grant, caught, now), closedAt: at };
    await changeStatus(parts.table, grant, {
      to: "grant_failed",
      event: "GrantFailed",
      actor: "dblease",
      patch,
      now,
    });
    return { grantId: id, status: "grant_failed" };
  }
  if (grant.status === "revoking" && !isHeldByOther(grant, holder, now)) {
    const patch = { failure: failureOf(grant, caught, now), lease: undefined };
    await changeStatus(parts.table, grant, {
      to: "revoke_failed",
      event: "RevokeFailed",
      actor: "dblease",
      patch,
      now,
    });
    return { grantId: id, status: "revoke_failed" };
  }
  return { grantId: id, status: grant.status };
}
