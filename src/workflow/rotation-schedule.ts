import { DescribeSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { RotationSchedule } from "../rotation-age.ts";

/** What Secrets Manager says of this secret's rotation; undefined: it cannot be asked, or has no such secret. */
export async function rotationSchedule(
  secrets: SecretsManagerClient,
  secret: string,
): Promise<RotationSchedule | undefined> {
  try {
    const found = await secrets.send(new DescribeSecretCommand({ SecretId: secret }));
    const nextAt = found.NextRotationDate?.toISOString();
    const changedAt = found.LastChangedDate?.toISOString();
    return {
      isOn: found.RotationEnabled === true,
      ...(nextAt ? { nextAt } : {}),
      ...(changedAt ? { changedAt } : {}),
    };
  } catch {
    // The others are still looked at.
    return undefined;
  }
}
