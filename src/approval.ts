/** Who may decide about a request. "Nobody approves their own request" compares persons. */
import type { Config } from "./config.ts";
import { type Allowed, decide } from "./decide.ts";
import { DbleaseError } from "./errors.ts";
import type { Grant } from "./grant.ts";
import { isNamed, type Person } from "./identity.ts";

type Named = Pick<Config, "persons" | "groups">;

function isOwn(person: Pick<Person, "id">, grant: Pick<Grant, "requester">): boolean {
  return person.id === grant.requester.id;
}

/** Whether this person may approve or deny this request. */
export function mayDecide(
  person: Person,
  grant: Pick<Grant, "requester" | "approvers">,
  config: Named,
): boolean {
  return person.mayApprove && !isOwn(person, grant) && isNamed(person, grant.approvers, config);
}

/** @throws OWN_REQUEST, NOT_ALLOWED with the reason. */
export function assertMayDecide(
  person: Person,
  grant: Pick<Grant, "id" | "requester" | "approvers">,
  config: Named,
): void {
  if (isOwn(person, grant)) {
    throw new DbleaseError("OWN_REQUEST", "nobody decides about their own request", {
      next: `ask one of ${grant.approvers.join(", ")}`,
    });
  }
  if (!person.mayApprove) {
    throw new DbleaseError(
      "NOT_ALLOWED",
      `${person.name} may request but never approve, because its session name is free to choose`,
      {
        next: "sign in as yourself: an IAM user, Identity Center, or a role that the configuration declares name-enforcing",
      },
    );
  }
  if (!mayDecide(person, grant, config)) {
    throw new DbleaseError("NOT_ALLOWED", `${person.name} is not an approver of this request`, {
      next: `ask one of ${grant.approvers.join(", ")}`,
    });
  }
}

/**
 * Asks the rules once more when the grant starts (dangers 22): the requester's right as of now, and that one of
 * the approvals still comes from somebody who may give it.
 */
export function decideAgain(
  grant: Grant,
  config: Config,
  now: Date,
): Allowed | { outcome: "refused"; because: string } {
  const decision = decide(
    {
      person: grant.requester,
      database: grant.database.id,
      role: grant.role,
      durationSeconds: grant.durationSeconds,
      reason: grant.reason,
      ticket: grant.ticket,
    },
    config,
    now,
  );
  if (decision.outcome === "refused" || decision.approvers.length === 0) return decision;
  const approved = grant.approvals.some((it) =>
    mayDecide(
      { ...it, mayApprove: true },
      { requester: grant.requester, approvers: decision.approvers },
      config,
    ),
  );
  return approved ? decision : { outcome: "refused", because: "nobody who approved may approve it any more" };
}
