/** The database step of a grant: make the user, then say so in the table. Every line may be repeated. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Door, EngineAdapter, KnownUser, Marker } from "../engines/engine.ts";
import { DbleaseError } from "../errors.ts";
import { expiry, type Grant, type GrantId } from "../grant.ts";
import { readGrant } from "../store/find-grants.ts";
import { changeStatus, touchGrant } from "../store/grants.ts";
import type { Table } from "../store/table.ts";
import { forgetVerifier, readVerifier } from "../store/verifiers.ts";
import { attentionAt } from "../sweep.ts";
import { newSecret } from "../verifiers/new-secret.ts";
import { passwordTravels } from "../verifiers/password-travels.ts";
import { keepServiceSecret } from "./service-secret.ts";

export interface DatabaseStep<Connection> {
  table: Table;
  engine: EngineAdapter<Connection>;
  /** Opens the way to the grant's database; tagged with the grant id. */
  door: (grant: Grant) => Promise<Door<Connection>>;
  installation: string;
  secrets: SecretsManagerClient;
  /** Key of the secrets of services; absent where the configuration names no service. */
  serviceKey?: string;
  random: (count: number) => Uint8Array;
  clock: () => Date;
}

/** Sessions one grant may hold at a time: enough for a pool of a graphical client. */
const connectionLimit = 10;

function markerOf(step: Pick<DatabaseStep<unknown>, "installation">, grant: Grant): Marker {
  return { installation: step.installation, grantId: grant.id };
}

/** Says that this attempt acts from now on; from then a revoke waits for its end or its deadline. */
async function startAttempt(step: DatabaseStep<unknown>, grant: Grant): Promise<string> {
  const now = step.clock();
  const deadline = grant.grantAttempt?.deadline;
  if (deadline === undefined || now.getTime() >= Date.parse(deadline)) {
    throw new DbleaseError("DEADLINE_PASSED", `grant ${grant.id} came too late to its database`, {
      next: "request again",
    });
  }
  const claimed = await touchGrant(
    step.table,
    grant.id,
    { grantAttempt: { startedAt: now.toISOString(), deadline } },
    { expression: "#s = :s", names: { "#s": "status" }, values: { ":s": "granting" } },
  );
  if (claimed) return deadline;
  throw new DbleaseError("WRONG_STATUS", `grant ${grant.id} ended before it began`, {
    next: `dblease show ${grant.id}`,
  });
}

/**
 * What the requester sent; nothing for a grant by IAM; for a service, which sends nothing, a password that goes into its secret. Each try makes
 * another one: no two run at a time, because a function ends before its task is tried again.
 */
async function verifierFor(
  step: Omit<DatabaseStep<unknown>, "engine" | "door">,
  grant: Grant,
): Promise<{ number: number; verifier?: string }> {
  const { service, model, verifierNumber } = grant;
  if (model === "iam") return { number: verifierNumber };
  if (!service) return readVerifier(step.table, grant.id);
  if (!step.serviceKey) {
    throw new DbleaseError("BAD_CONFIGURATION", "no service is configured any more", {
      next: "name it under services: in dblease.yaml",
    });
  }
  const { password, verifier } = newSecret(grant.database.engine, step.random);
  await keepServiceSecret(step.secrets, step.serviceKey, { ...grant, service }, password);
  return { number: verifierNumber, verifier };
}

async function makeUser<Connection>(step: DatabaseStep<Connection>, grant: Grant): Promise<void> {
  const deadline = await startAttempt(step, grant);
  const verifier = await verifierFor(step, grant);
  const activatedAt = step.clock().toISOString();
  const expiresAt = expiry(activatedAt, grant.durationSeconds);
  const { userOid } = await step.engine.grant(await step.door(grant), {
    username: grant.username,
    marker: markerOf(step, grant),
    groupRole: grant.groupRole,
    verifier: verifier.verifier,
    expiresAt,
    connectionLimit,
    deadline,
  });
  const now = step.clock();
  await changeStatus(step.table, grant, {
    to: "active",
    event: "GrantActivated",
    actor: "dblease",
    patch: {
      userOid,
      activatedAt,
      expiresAt,
      expiryApplied: expiresAt,
      verifierApplied: verifier.number,
      grantAttempt: { startedAt: activatedAt, deadline, endedAt: now.toISOString() },
    },
    now,
  });
}

/** Says why this attempt ended, and that nothing of it acts any more: a revoke need not wait for its deadline. */
async function endAttempt(step: DatabaseStep<unknown>, id: GrantId, error: unknown): Promise<void> {
  const grant = await readGrant(step.table, id);
  if (!grant.grantAttempt || grant.grantAttempt.endedAt) return;
  const at = step.clock().toISOString();
  const code = error instanceof DbleaseError ? error.code : "UNAVAILABLE";
  const message = error instanceof Error ? error.message : String(error);
  const failure = { code, message, at, count: (grant.failure?.count ?? 0) + 1 };
  await touchGrant(
    step.table,
    id,
    { grantAttempt: { ...grant.grantAttempt, endedAt: at }, failure },
    { expression: "#v = :v", names: { "#v": "version" }, values: { ":v": grant.version } },
  );
}

/** On another server than the user's own its number may be somebody else's: there name and marker alone are believed. */
export function knownUser(step: Pick<DatabaseStep<unknown>, "installation">, grant: Grant): KnownUser {
  const { username, serverId } = grant;
  const isElsewhere = serverId !== undefined && serverId !== grant.members?.[0]?.resourceId;
  return { username, marker: markerOf(step, grant), userOid: isElsewhere ? undefined : grant.userOid };
}

async function applyVerifier<Connection>(step: DatabaseStep<Connection>, grant: Grant): Promise<void> {
  const { number, verifier } = await readVerifier(step.table, grant.id);
  if (number <= grant.verifierApplied) return;
  await step.engine.changePassword(await step.door(grant), knownUser(step, grant), verifier);
  await changeStatus(step.table, grant, {
    to: "active",
    event: "CredentialReplaced",
    actor: grant.requester.name,
    patch: { verifierApplied: number },
    now: step.clock(),
  });
}

/** The engine's own expiry follows the deadline in the table, never the other way round. */
async function applyExpiry<Connection>(step: DatabaseStep<Connection>, grant: Grant): Promise<void> {
  if (!grant.expiresAt || grant.expiresAt === grant.expiryApplied) return;
  await step.engine.extend(await step.door(grant), knownUser(step, grant), grant.expiresAt);
  await touchGrant(
    step.table,
    grant.id,
    {
      expiryApplied: grant.expiresAt,
      dueAt: attentionAt({ ...grant, expiryApplied: grant.expiresAt }, step.clock()),
    },
    { expression: "#s = :s", names: { "#s": "status" }, values: { ":s": "active" } },
  );
}

/**
 * Brings the database to what the grant says: a new user while `granting`, a new
 * verifier or a later expiry while `active`.
 * @returns when the access ends. @throws WRONG_STATUS if the grant ended meanwhile; what the engine throws.
 */
export async function runGrant<Connection>(
  step: DatabaseStep<Connection>,
  id: GrantId,
): Promise<{ grantId: GrantId; expiresAt: string }> {
  const grant = await readGrant(step.table, id);
  if (grant.status === "granting") {
    try {
      await makeUser(step, grant);
    } catch (error) {
      await endAttempt(step, id, error);
      throw error;
    }
  } else if (grant.status === "active") {
    await applyExpiry(step, grant);
    await applyVerifier(step, grant);
  }
  const { status, expiresAt, verifierApplied } = await readGrant(step.table, id);
  // The database has it now; a password does not stay where others may read it.
  if (passwordTravels(grant.database.engine)) await forgetVerifier(step.table, id, verifierApplied);
  if (status === "active" && expiresAt) return { grantId: id, expiresAt };
  throw new DbleaseError("WRONG_STATUS", `grant ${id} is ${status}, not active`, {
    next: `dblease show ${id}`,
  });
}
