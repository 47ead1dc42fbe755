import { readFileSync } from "node:fs";
import { RotateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { parse } from "yaml";
import type { AwsAccess } from "./aws-access.ts";

/** What this file needs of a configuration that the deploy has just checked. */
interface Deployed {
  databases: Record<string, { engine: string }>;
  rotations?: Record<string, { database: string; secret: string; schedule: string; window?: string }>;
}

/** What AWS::SecretsManager::RotationSchedule does, which the emulator's CloudFormation does not know. */
export async function scheduleRotations(
  access: AwsAccess,
  resolvedFile: string,
  outputs: Record<string, string>,
): Promise<void> {
  const { databases, rotations = {} } = parse(readFileSync(resolvedFile, "utf8")) as Deployed;
  const secrets = new SecretsManagerClient(access);
  for (const { database, secret, schedule, window } of Object.values(rotations)) {
    const engine = databases[database]?.engine ?? "";
    await secrets.send(
      new RotateSecretCommand({
        SecretId: secret,
        RotationLambdaARN: outputs[`${engine.charAt(0).toUpperCase()}${engine.slice(1)}RotationFunctionArn`],
        RotationRules: { ScheduleExpression: schedule, ...(window ? { Duration: window } : {}) },
        RotateImmediately: false,
      }),
    );
  }
}
