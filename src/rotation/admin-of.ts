import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Credentials, readAdminSecret } from "../connect/admin-secret.ts";
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";

/** The admin login of a rotation's database. @throws BAD_CONFIGURATION where it has none by password. */
export function adminOf(secrets: SecretsManagerClient, { id, database }: Rotation): Promise<Credentials> {
  if (database.adminSecret) return readAdminSecret(secrets, database.adminSecret);
  throw new DbleaseError("BAD_CONFIGURATION", `the database of rotation ${id} has no adminSecret`, {
    next: `name adminSecret of databases.${database.id} in dblease.yaml`,
  });
}
