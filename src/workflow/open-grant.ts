/** The beginning of every grant, asked for by a signed call or by an event: the rules decide, then it is written and started. */
import type { RDSClient } from "@aws-sdk/client-rds";
import type { StoredConfig } from "../config.ts";
import { type AccessRequest, type Allowed, decide } from "../decide.ts";
import { DbleaseError } from "../errors.ts";
import { scopesOf } from "../freeze.ts";
import { type BreakGlass, type Grant, type GrantId, isOpen, type Model, usernameOf } from "../grant.ts";
import { groupRoleName } from "../group-role.ts";
import { personRole } from "../iam/person-role.ts";
import type { Person } from "../identity.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { openGrants, readGrant } from "../store/find-grants.ts";
import { assertNotFrozen } from "../store/freezes.ts";
import { type Birth, createGrant } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import { checkVerifier } from "../verifiers/check-verifier.ts";
import { assertMayTravel } from "../verifiers/password-travels.ts";
import { modelOf } from "./model-of.ts";
import { startGrant, type Workflows } from "./start.ts";

/** Who asks, for what, and under which configuration. */
export interface Opening {
  id: GrantId;
  person: Person;
  stored: StoredConfig;
  wish: Omit<AccessRequest, "person" | "reason"> & { reason: string };
  startAt?: Date;
  service?: Grant["service"];
  birth: Birth;
}

function allowed({ wish, person, stored, startAt }: Opening, now: Date): Allowed {
  const decision = decide({ ...wish, person }, stored.config, startAt ?? now);
  if (decision.outcome === "allowed") return decision;
  throw new DbleaseError("REFUSED", decision.because, { next: decision.next });
}

/** Limits per person keep one requester from starving the others (dangers 25). */
async function assertNotTooMany(table: Table, person: Person, decision: Allowed): Promise<void> {
  const grants = await openGrants(table);
  const open = grants.filter(
    (it) => it.requester.id === person.id && it.rule === decision.rule && isOpen(it.status),
  ).length;
  if (open < decision.maxOpen) return;
  throw new DbleaseError(
    "TOO_MANY",
    `you have ${open} open grants under rule ${decision.rule}; ${decision.maxOpen} at most`,
    {
      next: "give one back: dblease grants, then dblease revoke <id>",
    },
  );
}

function requesterOf({ id, name, principal }: Person): Grant["requester"] {
  return { id, name, ...(principal ? { principal } : {}) };
}

/** A window that nobody has approved when it begins lapses. */
function approveBy(decision: Allowed, startAt: Date | undefined, now: Date): Date {
  const waiting = now.getTime() + decision.approveWithinSeconds * 1000;
  return new Date(startAt ? Math.min(waiting, startAt.getTime()) : waiting);
}

function breakGlass(review: NonNullable<Allowed["review"]>, now: Date): BreakGlass {
  const reviewBy = new Date(now.getTime() + review.withinSeconds * 1000).toISOString();
  return { reviewers: review.anyOf, reviewBy };
}

function isPolicyMode({ config }: StoredConfig, database: string): boolean {
  return config.databases[database]?.mode === "policy";
}

/** What the requester has to bring for this model. */
function assertCredential({ birth, service, stored, wish }: Opening, model: Model): void {
  if (model === "iam" && service) {
    throw new DbleaseError("REFUSED", "this database takes IAM logins, and a service has no token", {
      next: "give the service's own role rds-db:connect, or a database of model native",
    });
  }
  if (model === "iam" || service) return;
  const { engine } = databaseSnapshot(stored.config, wish.database);
  assertMayTravel(engine, wish.database, stored.config.databases[wish.database]);
  if (birth.verifier === undefined) {
    throw new DbleaseError("BAD_REQUEST", "verifier is missing", { next: "send verifier" });
  }
  checkVerifier(engine, birth.verifier);
}

function newGrant(
  { id, person, stored, wish, startAt, service }: Opening,
  decision: Allowed,
  model: Model,
  now: Date,
): Grant {
  return {
    id,
    version: 1,
    status: decision.approvalSteps.length > 0 ? "requested" : "approved",
    model,
    ...(model === "iam" && isPolicyMode(stored, wish.database) ? { personRole: personRole(person) } : {}),
    database: databaseSnapshot(stored.config, wish.database),
    role: wish.role,
    groupRole: groupRoleName(wish.database, wish.role),
    username: usernameOf(id),
    requester: requesterOf(person),
    ...(service ? { service } : {}),
    reason: wish.reason,
    ...(wish.ticket ? { ticket: wish.ticket } : {}),
    durationSeconds: decision.durationSeconds,
    rule: decision.rule,
    because: decision.because,
    configVersion: stored.version,
    approvalSteps: decision.approvalSteps,
    approvals: [],
    requestedAt: now.toISOString(),
    approveBy: approveBy(decision, startAt, now).toISOString(),
    ...(startAt ? { startAt: startAt.toISOString() } : {}),
    ...(decision.review ? { breakGlass: breakGlass(decision.review, now) } : {}),
    verifierNumber: model === "iam" ? 0 : 1,
    verifierApplied: 0,
    revokeNumber: 0,
  };
}

/**
 * @returns the new grant, or the one that the same idempotency key made before.
 * @throws BAD_REQUEST, BAD_VERIFIER, REFUSED, FROZEN, TOO_MANY, IDEMPOTENCY_REUSED, CONFLICT (a draft that is claimed already).
 */
export async function openGrant(
  parts: { table: Table; rds: RDSClient; workflows: Workflows; clock: () => Date },
  opening: Opening,
): Promise<Grant> {
  const { wish, person } = opening;
  const now = parts.clock();
  const decision = allowed(opening, now);
  await assertNotFrozen(parts.table, scopesOf(wish.database, person.name));
  await assertNotTooMany(parts.table, person, decision);
  const model = await modelOf(parts.rds, opening.stored.config, wish.database);
  assertCredential(opening, model);
  const grant = newGrant(opening, decision, model, now);
  const { verifier, ...rest } = opening.birth;
  const birth = { ...rest, ...(verifier && model === "native" ? { verifier } : {}) };
  const { existing } = await createGrant(parts.table, grant, birth, now);
  const id = existing ?? grant.id;
  // A crash before this line is mended by the sweeper, which starts it again.
  await startGrant(parts.workflows, id);
  return readGrant(parts.table, id);
}
