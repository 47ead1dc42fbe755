/**
 * The password of a service's grant, in a secret that nobody but the service may read. It stands under the grant's id
 * and is gone with the grant, without the recovery window that would keep it for a week (dangers 21).
 */
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type { Grant } from "../grant.ts";

function secretNameOf(grant: Pick<Grant, "id">): string {
  return `dblease/grant/${grant.id}`;
}

function hasName(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** Whatever else the account allows, only this role reads it. */
function onlyReader(role: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:GetSecretValue",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalArn": role } },
      },
      { Effect: "Allow", Principal: { AWS: role }, Action: "secretsmanager:GetSecretValue", Resource: "*" },
    ],
  });
}

/**
 * Stores the login of a grant. The secret is closed to all others before there is anything in it.
 * @param key KMS key of these secrets alone.
 */
export async function keepServiceSecret(
  secrets: SecretsManagerClient,
  key: string,
  grant: Grant & { service: { role: string } },
  password: string,
): Promise<void> {
  const SecretId = secretNameOf(grant);
  const [writer] = grant.members ?? [];
  await secrets
    .send(
      new CreateSecretCommand({
        Name: SecretId,
        KmsKeyId: key,
        Description: `dblease: ${grant.role} on ${grant.database.id} for ${grant.requester.name}`,
      }),
    )
    .catch((error: unknown) => {
      // An earlier try of the same grant made it.
      if (!hasName(error, "ResourceExistsException")) throw error;
    });
  await secrets.send(
    new PutResourcePolicyCommand({
      SecretId,
      ResourcePolicy: onlyReader(grant.service.role),
      BlockPublicPolicy: true,
    }),
  );
  const login = {
    engine: grant.database.engine,
    host: writer?.host,
    port: writer?.port,
    dbname: grant.database.database,
    username: grant.username,
    password,
  };
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(login) }));
}

/** Removes it at once; one that never was, or is gone already, is gone. */
export async function removeServiceSecret(
  secrets: SecretsManagerClient,
  grant: Pick<Grant, "id">,
): Promise<void> {
  const wish = { SecretId: secretNameOf(grant), ForceDeleteWithoutRecovery: true };
  await secrets.send(new DeleteSecretCommand(wish)).catch((error: unknown) => {
    if (!hasName(error, "ResourceNotFoundException")) throw error;
  });
}
