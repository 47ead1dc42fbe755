/** The admin login of a database from Secrets Manager: user name and password only; a host in it is not believed (dangers 29). */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DbleaseError } from "../errors.ts";

export interface Credentials {
  username: string;
  password: string;
}

function isCredentials(value: unknown): value is Credentials {
  return (
    typeof value === "object" &&
    value !== null &&
    "username" in value &&
    typeof value.username === "string" &&
    "password" in value &&
    typeof value.password === "string"
  );
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/**
 * Read at each use, never cached: a rotated secret takes effect with the next action.
 * @param secret ARN. @throws BAD_CONFIGURATION if the secret is not JSON with username and password.
 */
export async function readAdminSecret(secrets: SecretsManagerClient, secret: string): Promise<Credentials> {
  const found = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
  const value = parse(found.SecretString);
  if (isCredentials(value)) return { username: value.username, password: value.password };
  // The text of the secret must not get into the message.
  throw new DbleaseError(
    "BAD_CONFIGURATION",
    `secret ${secret} does not hold JSON with username and password`,
    {
      next: 'store {"username": ..., "password": ...} in it',
    },
  );
}
