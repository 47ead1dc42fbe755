/** Begins a run of one rotation now: asked for by an administrator, alone or as one of many. */
import {
  DescribeSecretCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";
import type { RotationRunView } from "../views.ts";

/** Secrets Manager has given a run up by then. */
export const longestRunMs = 15 * 60_000;

interface Parts {
  secrets: SecretsManagerClient;
  clock: () => Date;
}

/**
 * Has Secrets Manager begin a run. What a run before left pending is thrown away, once nobody works on it any more.
 * @throws WRONG_STATUS (a run is under way, or no schedule is on the secret).
 */
export async function beginRotation(parts: Parts, rotation: Rotation): Promise<RotationRunView> {
  await clearPending(parts, rotation);
  try {
    const { VersionId } = await parts.secrets.send(new RotateSecretCommand({ SecretId: rotation.secret }));
    return { id: rotation.id, run: VersionId ?? "" };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "InvalidRequestException") throw error;
    throw new DbleaseError("WRONG_STATUS", `Secrets Manager does not begin a run of ${rotation.id}`, {
      next: "if no run is under way, deploy again: the schedule puts the function on the secret",
      cause: error,
    });
  }
}

async function clearPending({ secrets, clock }: Parts, rotation: Rotation): Promise<void> {
  const { VersionIdsToStages = {} } = await secrets.send(
    new DescribeSecretCommand({ SecretId: rotation.secret }),
  );
  const [stuck] = Object.entries(VersionIdsToStages).find(
    ([, stages]) => stages.includes("AWSPENDING") && !stages.includes("AWSCURRENT"),
  ) ?? [undefined];
  if (stuck === undefined) return;
  const since = clock().getTime() - Date.parse(rotation.startedAt ?? rotation.configuredAt);
  if (rotation.status === "rotating" && since < longestRunMs) {
    throw new DbleaseError("WRONG_STATUS", `a run of ${rotation.id} is under way`, {
      next: "dblease rotations",
    });
  }
  const wish = { SecretId: rotation.secret, VersionStage: "AWSPENDING", RemoveFromVersionId: stuck };
  await secrets.send(new UpdateSecretVersionStageCommand(wish));
}
