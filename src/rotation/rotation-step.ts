/** What a step of a rotation needs; built once per function start. */
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { ApplicationUsers } from "../engines/application-users.ts";
import { DbleaseError } from "../errors.ts";
import type { Rotation } from "../rotation.ts";
import type { Table } from "../store/table.ts";
import type { UserSecret } from "./user-secret.ts";

export interface Login {
  username: string;
  password: string;
  /** Database inside the server; absent: that of the configuration. */
  database?: string;
}

export interface RotationStep<Connection, Users = ApplicationUsers<Connection>> {
  table: Table;
  secrets: SecretsManagerClient;
  users: Users;
  /** One login to the writer. @throws DATABASE_UNREACHABLE, TLS_FAILED, DATABASE_REFUSED */
  open: (rotation: Rotation, login: Login) => Promise<Connection>;
  /** The database's admin, as the configuration has it at this moment. */
  openAdmin: (rotation: Rotation) => Promise<Connection>;
  random: (count: number) => Uint8Array;
  clock: () => Date;
  /** The newest run as its last step in this process left the rotation: one run reads the table once. */
  newest?: Run;
}

/** One step of one run. */
export interface Run {
  rotation: Rotation;
  /** Secrets Manager's ClientRequestToken: the id of the version that the run makes. */
  run: string;
}

/** The login that the application makes of a version. */
export function loginOf({ username, password, dbname }: UserSecret): Login {
  return { username, password, ...(dbname ? { database: dbname } : {}) };
}

/** The connection, or undefined where the server knows the user with another password, or not at all. */
export async function openUnlessRefused<Connection>(
  step: Pick<RotationStep<Connection>, "open">,
  rotation: Rotation,
  login: Login,
): Promise<Connection | undefined> {
  try {
    return await step.open(rotation, login);
  } catch (error) {
    if (error instanceof DbleaseError && error.code === "DATABASE_REFUSED") return undefined;
    throw error;
  }
}

/** Logs in as the application would with this password. @throws PASSWORD_REFUSED and what `open` throws. */
export async function prove<Connection>(
  step: Pick<RotationStep<Connection>, "open"> & { users: Pick<ApplicationUsers<Connection>, "close"> },
  rotation: Rotation,
  login: Login,
): Promise<void> {
  const connection = await openUnlessRefused(step, rotation, login);
  if (connection !== undefined) return step.users.close(connection);
  throw new DbleaseError("PASSWORD_REFUSED", `the server refuses ${login.username} with the new password`, {
    next: "look whether the user may log in at all; then dblease rotate once more",
  });
}
