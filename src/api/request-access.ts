/** POST /grants: the rules decide first; a refused request starts nothing and leaves nothing. */
import { createHash } from "node:crypto";
import type * as z from "zod";
import { type AccessRequest, type Allowed, decide } from "../decide.ts";
import { DbleaseError } from "../errors.ts";
import { scopesOf } from "../freeze.ts";
import { type BreakGlass, type Grant, grantId, isOpen, usernameOf } from "../grant.ts";
import { groupRoleName } from "../group-role.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { openGrants, readGrant } from "../store/find-grants.ts";
import { assertNotFrozen } from "../store/freezes.ts";
import { createGrant } from "../store/grants.ts";
import { checkScramSha256 } from "../verifiers/check-scram-sha-256.ts";
import type { RoleView } from "../views.ts";
import { startGrant } from "../workflow/start.ts";
import type { Api, Call } from "./api.ts";
import type { requestBody } from "./bodies.ts";
import { roleView } from "./databases.ts";

type RequestBody = z.infer<typeof requestBody>;

function missing(field: string): never {
  throw new DbleaseError("BAD_REQUEST", `${field} is missing`, { next: `send ${field}` });
}

function allowed(call: Call, wish: Omit<AccessRequest, "person">, now: Date): Allowed {
  const decision = decide({ ...wish, person: call.person }, call.stored.config, now);
  if (decision.outcome === "allowed") return decision;
  throw new DbleaseError("REFUSED", decision.because, { next: decision.next });
}

/** How far ahead an access may be planned, in days. */
const maxAheadDays = 30;

/** The planned start, if one is asked for. @throws BAD_REQUEST */
function plannedStart(body: RequestBody, now: Date): Date | undefined {
  if (body.startAt === undefined) return undefined;
  const start = new Date(body.startAt);
  const ahead = start.getTime() - now.getTime();
  if (ahead > 0 && ahead <= maxAheadDays * 86_400_000) return start;
  throw new DbleaseError("BAD_REQUEST", `startAt must lie ahead, by ${maxAheadDays} days at most`, {
    next: "leave it out to start at once",
  });
}

/** Limits per person keep one requester from starving the others (dangers 25). */
async function assertNotTooMany(api: Api, call: Call, decision: Allowed): Promise<void> {
  const grants = await openGrants(api.table);
  const open = grants.filter(
    (it) => it.requester.id === call.person.id && it.rule === decision.rule && isOpen(it.status),
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

function requesterOf({ person }: Call): Grant["requester"] {
  const { id, name, principal } = person;
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

function newGrant(api: Api, call: Call, body: RequestBody, decision: Allowed, reason: string): Grant {
  const now = api.clock();
  const id = grantId(api.random(12));
  const startAt = plannedStart(body, now);
  return {
    id,
    version: 1,
    status: decision.approvalSteps.length > 0 ? "requested" : "approved",
    model: "native",
    database: databaseSnapshot(call.stored.config, body.database),
    role: body.role,
    groupRole: groupRoleName(body.database, body.role),
    username: usernameOf(id),
    requester: requesterOf(call),
    reason,
    ...(body.ticket ? { ticket: body.ticket } : {}),
    durationSeconds: decision.durationSeconds,
    rule: decision.rule,
    because: decision.because,
    configVersion: call.stored.version,
    approvalSteps: decision.approvalSteps,
    approvals: [],
    requestedAt: now.toISOString(),
    approveBy: approveBy(decision, startAt, now).toISOString(),
    ...(startAt ? { startAt: startAt.toISOString() } : {}),
    ...(decision.review ? { breakGlass: breakGlass(decision.review, now) } : {}),
    verifierNumber: 1,
    verifierApplied: 0,
    revokeNumber: 0,
  };
}

/**
 * @param idempotencyKey the same key and body answer with the same grant, for a day.
 * @returns the new grant (or the one the key made before), or, for a dry run, what the rules say.
 * @throws BAD_REQUEST, BAD_VERIFIER, REFUSED, TOO_MANY, IDEMPOTENCY_REUSED.
 */
export async function requestAccess(
  api: Api,
  call: Call,
  body: RequestBody,
  idempotencyKey: string | undefined,
): Promise<{ grant: Grant } | { decision: RoleView }> {
  const startAt = plannedStart(body, api.clock()) ?? api.clock();
  if (body.dryRun) return { decision: roleView(call, body, startAt) };
  const reason = body.reason ?? missing("reason");
  const verifier = body.verifier ?? missing("verifier");
  checkScramSha256(verifier);
  const key = idempotencyKey ?? missing("the header Idempotency-Key");
  if (!/^[\x21-\x7e]{8,200}$/.test(key)) {
    throw new DbleaseError("BAD_REQUEST", "Idempotency-Key must be 8 to 200 printable characters", {
      next: "send a random UUID",
    });
  }
  const decision = allowed(call, { ...body, reason }, startAt);
  await assertNotFrozen(api.table, scopesOf(body.database, call.person.name));
  await assertNotTooMany(api, call, decision);
  const grant = newGrant(api, call, body, decision, reason);
  const fingerprint = createHash("sha256").update(JSON.stringify(body)).digest("hex");
  const { existing } = await createGrant(api.table, grant, verifier, { key, fingerprint }, api.clock());
  const id = existing ?? grant.id;
  // A crash before this line is mended by the sweeper, which starts it again.
  await startGrant(api.workflows, id);
  return { grant: await readGrant(api.table, id) };
}
