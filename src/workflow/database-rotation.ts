/** What the rotation function of an engine needs, from its environment; built once per function start. */
import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ApplicationUsers } from "../engines/application-users.ts";
import type { Member } from "../grant.ts";
import type { RotationStep } from "../rotation/rotation-step.ts";
import type { Rotation } from "../rotation.ts";
import { setting } from "../setting.ts";
import { openTable } from "../store/table.ts";
import { type EngineParts, openDoor } from "./database-step.ts";

/** A step logs in twice at most where the server answers, and once where it does not: inside the function's 30 seconds. */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 8_000;

/** The two ways into a rotation's server: as one of its users, and as the database's admin. */
export function rotationLogins<Connection>(
  parts: EngineParts<Connection>,
  secrets: SecretsManagerClient,
): Pick<RotationStep<Connection>, "open" | "openAdmin"> {
  const writer = ({ host, port }: Rotation): Member => ({ id: "writer", host, port });
  return {
    open: async (rotation, { database, ...credentials }) =>
      parts
        .door({
          members: [writer(rotation)],
          database: database ?? rotation.database.database,
          credentials,
          ...(rotation.database.tls ? { tls: rotation.database.tls } : {}),
          connectTimeoutMs,
          statementTimeoutMs,
        })
        .open(),
    openAdmin: async (rotation) =>
      (await openDoor(parts, secrets, rotation.database, [writer(rotation)])).open(),
  };
}

export function databaseRotation<Connection>(
  parts: EngineParts<Connection>,
  users: ApplicationUsers<Connection>,
): RotationStep<Connection> {
  const secrets = new SecretsManagerClient({});
  return {
    table: openTable(setting("TABLE")),
    secrets,
    users,
    ...rotationLogins(parts, secrets),
    random: randomBytes,
    clock: () => new Date(),
  };
}
