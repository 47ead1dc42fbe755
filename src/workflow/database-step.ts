/** What the PostgreSQL functions need for a database step, from their environment; built once per function start. */
import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readAdminSecret } from "../connect/admin-secret.ts";
import type { PostgresConnection } from "../connect/postgres.ts";
import { postgresDoor } from "../connect/postgres-door.ts";
import type { Door } from "../engines/engine.ts";
import { postgres } from "../engines/postgres.ts";
import { DbleaseError } from "../errors.ts";
import type { DatabaseSnapshot, GrantId, Member } from "../grant.ts";
import { signToken } from "../iam/sign-token.ts";
import { setting } from "../setting.ts";
import { openTable } from "../store/table.ts";
import type { DatabaseStep } from "./run-grant.ts";

/** Statement time-out < function time-out < task time-out (docs/design.md, section 6). */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 10_000;

/** Logs in by IAM where the database has an admin for that: then no secret is read, and none is needed. */
async function adminLogin(secrets: SecretsManagerClient, { id, adminUser, adminSecret }: DatabaseSnapshot) {
  if (adminUser) {
    return async ({ host, port }: Member) => {
      const password = await signToken({ host, port, username: adminUser }, setting("AWS_REGION"));
      return { username: adminUser, password, byIam: true as const };
    };
  }
  if (adminSecret) return readAdminSecret(secrets, adminSecret);
  throw new DbleaseError("BAD_CONFIGURATION", `database ${id} has no admin`, {
    next: "name adminSecret or adminUser in dblease.yaml",
  });
}

/** Opens the way to a database with the admin login as it is now. */
export async function openDoor(
  secrets: SecretsManagerClient,
  database: DatabaseSnapshot,
  members: readonly Member[],
  grantId?: GrantId,
): Promise<Door<PostgresConnection>> {
  return postgresDoor({
    members,
    database: database.database,
    credentials: await adminLogin(secrets, database),
    ...(database.tls ? { tls: database.tls } : {}),
    connectTimeoutMs,
    statementTimeoutMs,
    ...(grantId ? { grantId } : {}),
  });
}

export function postgresStep(): DatabaseStep<PostgresConnection> {
  const secrets = new SecretsManagerClient({});
  return {
    table: openTable(setting("TABLE")),
    engine: postgres,
    door: (grant) => openDoor(secrets, grant.database, grant.members ?? [], grant.id),
    installation: setting("INSTALLATION"),
    secrets,
    ...(process.env.SERVICE_KEY ? { serviceKey: process.env.SERVICE_KEY } : {}),
    random: randomBytes,
    clock: () => new Date(),
  };
}
