/** What the PostgreSQL rotation function needs, from its environment; built once per function start. */
import { randomBytes } from "node:crypto";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { openPostgres, type PostgresConnection } from "../connect/postgres.ts";
import { postgresUsers } from "../engines/postgres-users.ts";
import type { RotationStep } from "../rotation/rotation-step.ts";
import { setting } from "../setting.ts";
import { openTable } from "../store/table.ts";

/** Three logins of a step and a statement end inside the function's 30 seconds. */
const connectTimeoutMs = 5_000;
const statementTimeoutMs = 8_000;

export function postgresRotation(): RotationStep<PostgresConnection> {
  return {
    table: openTable(setting("TABLE")),
    secrets: new SecretsManagerClient({}),
    users: postgresUsers,
    open: ({ host, port, database }, { username, password, database: own }) =>
      openPostgres({
        host,
        port,
        database: own ?? database.database,
        username,
        password,
        tls: database.tls ?? {},
        applicationName: "dblease/rotation",
        connectTimeoutMs,
        statementTimeoutMs,
      }),
    random: randomBytes,
    clock: () => new Date(),
  };
}
