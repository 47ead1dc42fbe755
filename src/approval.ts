/** Who may decide about a request, and what is still missing. "Nobody approves their own request" compares persons. */
import { approvalText } from "./approval-text.ts";
import type { Config } from "./config.ts";
import { type Allowed, decide } from "./decide.ts";
import { DbleaseError } from "./errors.ts";
import type { ApprovalStep, Grant } from "./grant.ts";
import { type Asker, isNamed, type Person } from "./identity.ts";

type Named = Pick<Config, "persons" | "groups">;

function isOwn(person: Pick<Person, "id">, grant: Pick<Grant, "requester">): boolean {
  return person.id === grant.requester.id;
}

/** Whether this person may approve or deny this request. */
export function mayDecide(
  person: Asker & Pick<Person, "mayApprove">,
  grant: Pick<Grant, "requester" | "approvalSteps">,
  config: Named,
): boolean {
  return (
    person.mayApprove &&
    !isOwn(person, grant) &&
    grant.approvalSteps.some((step) => isNamed(person, step.anyOf, config))
  );
}

/** Whether this person may review the broken glass of this grant. */
export function mayReview(
  person: Asker & Pick<Person, "mayApprove">,
  grant: Pick<Grant, "requester" | "breakGlass">,
  config: Named,
): boolean {
  const reviewers = grant.breakGlass?.reviewers ?? [];
  return person.mayApprove && !isOwn(person, grant) && isNamed(person, reviewers, config);
}

/** @throws OWN_REQUEST, NOT_ALLOWED with the reason. */
export function assertMayDecide(
  person: Person,
  grant: Pick<Grant, "id" | "requester" | "approvalSteps">,
  config: Named,
): void {
  const next = `ask ${approvalText(grant.approvalSteps)}`;
  if (isOwn(person, grant)) {
    throw new DbleaseError("OWN_REQUEST", "nobody decides about their own request", { next });
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
    throw new DbleaseError("NOT_ALLOWED", `${person.name} is not an approver of this request`, { next });
  }
}

/**
 * The steps that still want a yes, each as often as it wants one. A person's yes counts in one step only; in which
 * one is chosen so that the most are filled (augmenting paths, as in bipartite matching).
 */
export function openSteps(
  steps: readonly ApprovalStep[],
  approvers: readonly Asker[],
  config: Named,
): readonly ApprovalStep[] {
  const places = steps.flatMap((step) => Array.from({ length: step.minimum }, () => step));
  const taken = new Map<number, Asker>();
  const findPlace = (approver: Asker, tried: Set<number>): boolean =>
    places.some((step, place) => {
      if (tried.has(place) || !isNamed(approver, step.anyOf, config)) return false;
      tried.add(place);
      const holder = taken.get(place);
      if (holder && !findPlace(holder, tried)) return false;
      taken.set(place, approver);
      return true;
    });
  for (const approver of approvers) findPlace(approver, new Set());
  return places.filter((_, place) => !taken.has(place)).map((step) => ({ ...step, minimum: 1 }));
}

/**
 * Asks the rules once more when the grant starts and at each extension (dangers 22): the requester's right as of
 * now, and that the approvals of those who still may give them are enough for what is wanted now.
 * @param people the requester and those who approved, as IAM knows them now.
 */
export function decideAgain(
  grant: Grant,
  people: { requester: Asker; approvers: readonly Asker[] },
  config: Config,
  now: Date,
): Allowed | { outcome: "refused"; because: string } {
  const decision = decide(
    {
      person: people.requester,
      database: grant.database.id,
      role: grant.role,
      durationSeconds: grant.durationSeconds,
      reason: grant.reason,
      ticket: grant.ticket,
      breakGlass: grant.breakGlass !== undefined,
    },
    config,
    now,
  );
  if (decision.outcome === "refused") return decision;
  const others = people.approvers.filter((it) => !isOwn(it, grant));
  const open = openSteps(decision.approvalSteps, others, config);
  if (open.length === 0) return decision;
  return {
    outcome: "refused",
    because: `the approvals are not enough any more: ${approvalText(open)} must approve`,
  };
}
