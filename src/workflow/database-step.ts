/** What the functions of an engine need for a database step, from their environment; built once per function start. */
import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Credentials, readAdminSecret } from "../connect/admin-secret.ts";
import type { Door, EngineAdapter } from "../engines/engine.ts";
import { DbleaseError } from "../errors.ts";
import type { DatabaseSnapshot, GrantId, Member } from "../grant.ts";
import { signToken } from "../iam/sign-token.ts";
import { setting } from "../setting.ts";
import { openTable } from "../store/table.ts";
import type { DatabaseStep } from "./run-grant.ts";

/** Statement time-out < function time-out < task time-out (docs/design.md, section 6). */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 10_000;

/** A login by IAM has another token for each server. */
export type AdminLogin = Credentials | ((member: Member) => Promise<Credentials & { byIam: true }>);

/** What every engine's door is given. */
export interface Doorway {
  members: readonly Member[];
  database: string;
  credentials: AdminLogin;
  tls?: DatabaseSnapshot["tls"];
  connectTimeoutMs: number;
  statementTimeoutMs: number;
  grantId?: GrantId;
}

/** One engine and the way to its servers: all that tells its three functions from another engine's. */
export interface EngineParts<Connection> {
  engine: EngineAdapter<Connection>;
  door: (to: Doorway) => Door<Connection>;
}

/** Logs in by IAM where the database has an admin for that: then no secret is read, and none is needed. */
async function adminLogin(
  secrets: SecretsManagerClient,
  { id, adminUser, adminSecret }: DatabaseSnapshot,
): Promise<AdminLogin> {
  if (adminUser) {
    return async ({ host, port }) => {
      const password = await signToken({ host, port, username: adminUser }, setting("AWS_REGION"));
      return { username: adminUser, password, byIam: true };
    };
  }
  if (adminSecret) return readAdminSecret(secrets, adminSecret);
  throw new DbleaseError("BAD_CONFIGURATION", `database ${id} has no admin`, {
    next: "name adminSecret or adminUser in dblease.yaml",
  });
}

/** Opens the way to a database with the admin login as it is now. */
export async function openDoor<Connection>(
  { door }: EngineParts<Connection>,
  secrets: SecretsManagerClient,
  database: DatabaseSnapshot,
  members: readonly Member[],
  grantId?: GrantId,
): Promise<Door<Connection>> {
  return door({
    members,
    database: database.database,
    credentials: await adminLogin(secrets, database),
    ...(database.tls ? { tls: database.tls } : {}),
    connectTimeoutMs,
    statementTimeoutMs,
    ...(grantId ? { grantId } : {}),
  });
}

export function databaseStep<Connection>(parts: EngineParts<Connection>): DatabaseStep<Connection> {
  const secrets = new SecretsManagerClient({});
  return {
    table: openTable(setting("TABLE")),
    engine: parts.engine,
    door: (grant) => openDoor(parts, secrets, grant.database, grant.members ?? [], grant.id),
    installation: setting("INSTALLATION"),
    secrets,
    ...(process.env.SERVICE_KEY ? { serviceKey: process.env.SERVICE_KEY } : {}),
    random: randomBytes,
    clock: () => new Date(),
  };
}
