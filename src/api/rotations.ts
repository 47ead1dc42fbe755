/** GET /rotations, POST /rotations/{id}/rotate: how the passwords of applications stand, and changing one now. */
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";
import { isOverdue, passwordSince } from "../rotation-age.ts";
import { findRotations } from "../store/rotations.ts";
import type { RotationRunView, RotationView } from "../views.ts";
import { type Call, isAdmin, isAuditor } from "./api.ts";
import type { ApiParts } from "./routes.ts";

/** Secrets Manager has given a run up by then. */
const longestRunMs = 15 * 60_000;

async function nextRun(secrets: SecretsManagerClient, secret: string): Promise<string | undefined> {
  try {
    const found = await secrets.send(new DescribeSecretCommand({ SecretId: secret }));
    return found.RotationEnabled ? found.NextRotationDate?.toISOString() : undefined;
  } catch {
    // A secret that is gone has no next run; the list shows the others.
    return undefined;
  }
}

async function view(api: ApiParts, rotation: Rotation): Promise<RotationView> {
  const {
    version: _,
    host: __,
    port: ___,
    database,
    configuredAt: ____,
    run,
    removedAt: _____,
    ...shown
  } = rotation;
  const nextAt = await nextRun(api.secrets, rotation.secret);
  return {
    ...shown,
    database: database.id,
    ...(run ? { run } : {}),
    passwordSince: passwordSince(rotation),
    ...(nextAt ? { nextAt } : {}),
    overdue: isOverdue(rotation, api.clock()),
    gapPossible: rotation.strategy === "single-user" && database.engine === "postgres",
  };
}

async function configured(api: ApiParts): Promise<Rotation[]> {
  return (await findRotations(api.table)).filter((it) => it.removedAt === undefined);
}

/** @throws NOT_ALLOWED */
export async function listRotations(api: ApiParts, call: Call): Promise<{ rotations: RotationView[] }> {
  if (!isAdmin(call) && !isAuditor(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators and auditors see rotations", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  return { rotations: await Promise.all((await configured(api)).map((it) => view(api, it))) };
}

/**
 * Has Secrets Manager begin a run now. What a run before left pending is thrown away, once nobody works on it any more.
 * @throws NOT_ALLOWED, NOT_FOUND, WRONG_STATUS (a run is under way, or no schedule is on the secret).
 */
export async function rotateNow(api: ApiParts, call: Call, id: string): Promise<RotationRunView> {
  if (!isAdmin(call)) {
    throw new DbleaseError("NOT_ALLOWED", "only administrators may rotate", {
      next: "ask one of admins in dblease.yaml",
    });
  }
  const rotation = (await configured(api)).find((it) => it.id === id);
  if (!rotation) {
    throw new DbleaseError("NOT_FOUND", `there is no rotation "${id.slice(0, 60)}"`, {
      next: "dblease rotations",
    });
  }
  await clearPending(api, rotation);
  try {
    const { VersionId } = await api.secrets.send(new RotateSecretCommand({ SecretId: rotation.secret }));
    return { id, run: VersionId ?? "" };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "InvalidRequestException") throw error;
    throw new DbleaseError("WRONG_STATUS", `Secrets Manager does not begin a run of ${id}`, {
      next: "if no run is under way, deploy again: the schedule puts the function on the secret",
      cause: error,
    });
  }
}

async function clearPending(api: ApiParts, rotation: Rotation): Promise<void> {
  const { VersionIdsToStages = {} } = await api.secrets.send(
    new DescribeSecretCommand({ SecretId: rotation.secret }),
  );
  const [stuck] = Object.entries(VersionIdsToStages).find(
    ([, stages]) => stages.includes("AWSPENDING") && !stages.includes("AWSCURRENT"),
  ) ?? [undefined];
  if (stuck === undefined) return;
  const since = api.clock().getTime() - Date.parse(rotation.startedAt ?? rotation.configuredAt);
  if (rotation.status === "rotating" && since < longestRunMs) {
    throw new DbleaseError("WRONG_STATUS", `a run of ${rotation.id} is under way`, {
      next: "dblease rotations",
    });
  }
  const wish = { SecretId: rotation.secret, VersionStage: "AWSPENDING", RemoveFromVersionId: stuck };
  await api.secrets.send(new UpdateSecretVersionStageCommand(wish));
}
