/** The versions of one secret, and nothing of what is in them. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { DbleaseError } from "../errors.ts";

export interface SecretVersion {
  versionId: string;
  text: string | undefined;
}

function hasName(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

export async function currentVersion(secrets: SecretsManagerClient, secret: string): Promise<SecretVersion> {
  const found = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
  return { versionId: found.VersionId ?? "", text: found.SecretString };
}

/** The value of the version that this run makes; undefined: it has none, or is no longer pending. */
export async function pendingVersion(
  secrets: SecretsManagerClient,
  secret: string,
  run: string,
): Promise<string | undefined> {
  try {
    const wish = { SecretId: secret, VersionId: run, VersionStage: "AWSPENDING" };
    return (await secrets.send(new GetSecretValueCommand(wish))).SecretString;
  } catch (error) {
    if (hasName(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/** Logins with older passwords, of which all but one are refused, are few. */
const mostOlder = 3;

/** What the newest versions beside these hold, newest first, also of those without a label. */
export async function olderValues(
  secrets: SecretsManagerClient,
  secret: string,
  but: readonly string[],
): Promise<string[]> {
  const wish = { SecretId: secret, IncludeDeprecated: true, MaxResults: 100 };
  const { Versions = [] } = await secrets.send(new ListSecretVersionIdsCommand(wish));
  const newest = Versions.filter((it) => !but.includes(`${it.VersionId}`))
    .sort((one, other) => Number(other.CreatedDate) - Number(one.CreatedDate))
    .slice(0, mostOlder);
  const values = await Promise.all(newest.map(({ VersionId }) => storedValue(secrets, secret, VersionId)));
  return values.flatMap((it) => it ?? []);
}

/** Undefined: the version has no value. */
async function storedValue(
  secrets: SecretsManagerClient,
  secret: string,
  version: string | undefined,
): Promise<string | undefined> {
  try {
    const wish = { SecretId: secret, VersionId: version };
    return (await secrets.send(new GetSecretValueCommand(wish))).SecretString;
  } catch (error) {
    if (hasName(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/**
 * Where this run stands, by the labels. `foreign`: Secrets Manager knows no such run, so nobody may ask for its steps.
 * Rotation contract: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export async function runState(
  secrets: SecretsManagerClient,
  secret: string,
  run: string,
): Promise<"pending" | "current" | "foreign"> {
  const { RotationEnabled, VersionIdsToStages } = await secrets.send(
    new DescribeSecretCommand({ SecretId: secret }),
  );
  const stages = VersionIdsToStages?.[run] ?? [];
  if (stages.includes("AWSCURRENT")) return "current";
  return RotationEnabled && stages.includes("AWSPENDING") ? "pending" : "foreign";
}

/** Gives the run's version its value, once: a step that is repeated or runs twice at a time keeps the first. */
export async function storePending(
  secrets: SecretsManagerClient,
  secret: string,
  run: string,
  text: string,
): Promise<void> {
  const wish = {
    SecretId: secret,
    ClientRequestToken: run,
    SecretString: text,
    VersionStages: ["AWSPENDING"],
  };
  await secrets.send(new PutSecretValueCommand(wish)).catch((error: unknown) => {
    if (!hasName(error, "ResourceExistsException")) throw error;
  });
}

/** Makes the run's version the current one; the current one becomes the previous. @throws WRONG_STATUS */
export async function makeCurrent(
  secrets: SecretsManagerClient,
  secret: string,
  from: string,
  run: string,
): Promise<void> {
  const wish = {
    SecretId: secret,
    VersionStage: "AWSCURRENT",
    MoveToVersionId: run,
    RemoveFromVersionId: from,
  };
  try {
    await secrets.send(new UpdateSecretVersionStageCommand(wish));
  } catch (error) {
    if (!hasName(error, "InvalidParameterException")) throw error;
    // Somebody else moved the label meanwhile; if it is where it should be, another call of this step did.
    if ((await currentVersion(secrets, secret)).versionId === run) return;
    throw new DbleaseError(
      "WRONG_STATUS",
      "somebody stored another value in the secret during the rotation",
      {
        next: "dblease rotations, then dblease rotate once more",
      },
    );
  }
}
