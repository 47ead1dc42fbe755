/** What the functions of an engine need for a database step, from their environment; built once per function start. */
import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Credentials, readAdminSecret } from "../connect/admin-secret.ts";
import type { Check, Door, EngineAdapter } from "../engines/engine.ts";
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
  /** Makes or moves an admin that logs in by IAM; absent where nobody is locked out by such users. */
  moveAdmin?: (byPassword: Door<Connection>, byToken: Door<Connection>, admin: string) => Promise<Check>;
}

/** No secret is read for it, and none is needed. */
function byToken(username: string): AdminLogin {
  return async ({ host, port }) => {
    const password = await signToken({ host, port, username }, setting("AWS_REGION"));
    return { username, password, byIam: true };
  };
}

/** The ways to a database: by the token of its `adminUser`, and by the password in its secret; not every one has both. */
export function doorsOf<Connection>(
  { door }: EngineParts<Connection>,
  secrets: SecretsManagerClient,
  database: DatabaseSnapshot,
  members: readonly Member[],
  grantId?: GrantId,
): { byToken?: Door<Connection>; byPassword?: () => Promise<Door<Connection>> } {
  const { adminUser, adminSecret } = database;
  const open = (credentials: AdminLogin) =>
    door({
      members,
      database: database.database,
      credentials,
      ...(database.tls ? { tls: database.tls } : {}),
      connectTimeoutMs,
      statementTimeoutMs,
      ...(grantId ? { grantId } : {}),
    });
  return {
    ...(adminUser ? { byToken: open(byToken(adminUser)) } : {}),
    ...(adminSecret ? { byPassword: async () => open(await readAdminSecret(secrets, adminSecret)) } : {}),
  };
}

/**
 * Opens the way to a database with the admin login as it is now. An admin that is still to be moved to IAM is refused
 * there; as long as the configuration names the secret as well, its password is taken then.
 */
export async function openDoor<Connection>(
  ...to: Parameters<typeof doorsOf<Connection>>
): Promise<Door<Connection>> {
  const { byToken, byPassword } = doorsOf(...to);
  if (!byToken && byPassword) return byPassword();
  if (!byToken) {
    throw new DbleaseError("BAD_CONFIGURATION", `database ${to[2].id} has no admin`, {
      next: "name adminSecret or adminUser in dblease.yaml",
    });
  }
  if (!byPassword) return byToken;
  return {
    ...byToken,
    open: async (target) =>
      byToken.open(target).catch(async (error: unknown) => {
        if (!(error instanceof DbleaseError) || error.code !== "DATABASE_REFUSED") throw error;
        return (await byPassword()).open(target);
      }),
  };
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
