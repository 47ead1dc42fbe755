import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AdminOrder } from "../admin-order.ts";
import type { Check } from "../engines/engine.ts";
import { postgres } from "../engines/postgres.ts";
import { DbleaseError } from "../errors.ts";
import { openDoor } from "./postgres-step.ts";

function failed(error: unknown): Check {
  if (!(error instanceof DbleaseError)) throw error;
  return { id: error.code.toLowerCase(), ok: false, sentence: error.message, repair: error.next };
}

/** Does what an administrator ordered for one database. @returns the checks of doctor; a database that cannot be reached is one of them. */
export async function runDatabaseAdmin(
  secrets: SecretsManagerClient,
  order: AdminOrder,
): Promise<readonly Check[]> {
  try {
    const door = await openDoor(secrets, order.database, order.members);
    if (order.action === "prepare") await postgres.prepare(door, order.groupRoles);
    return await postgres.doctor(door, order.groupRoles);
  } catch (error) {
    return [failed(error)];
  }
}
