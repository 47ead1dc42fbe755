/** Doctor, prepare and list are done by the engine's own function in the VPC; this is what it is asked, and the asking. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Config } from "./config.ts";
import { type EngineFunctions, engineFunction } from "./engine-functions.ts";
import type { Check, GroupRole, ListedUser, LoginUser } from "./engines/engine.ts";
import { DbleaseError } from "./errors.ts";
import type { DatabaseSnapshot, Member } from "./grant.ts";
import { groupRolesOf } from "./group-role.ts";
import { hasAdmin } from "./has-admin.ts";
import type { OpenSession } from "./receipt.ts";
import { databaseSnapshot } from "./snapshot.ts";

/** What an engine's admin function is asked. */
export interface AdminOrder {
  action: "doctor" | "prepare" | "move-admin" | "list" | "reach" | "sessions";
  database: DatabaseSnapshot;
  members: readonly Member[];
  groupRoles: readonly GroupRole[];
}

/** The admin function of each engine that the configuration uses. */
export interface AdminFunctions {
  client: LambdaClient;
  functionOf: EngineFunctions;
}

/** The order for one database of the configuration. @throws NOT_FOUND, BAD_CONFIGURATION (it has no admin) */
export function adminOrder(
  config: Config,
  databaseId: string,
  action: AdminOrder["action"],
): Omit<AdminOrder, "members"> {
  const database = databaseSnapshot(config, databaseId);
  if (!hasAdmin(database)) {
    throw new DbleaseError(
      "BAD_CONFIGURATION",
      `database ${databaseId} has no admin: its users only rotate`,
      {
        next: "dblease rotations; for access name adminSecret or adminUser in dblease.yaml",
      },
    );
  }
  const roles = config.databases[databaseId]?.roles ?? [];
  return { action, database, groupRoles: groupRolesOf(databaseId, roles, config.roles) };
}

/** What the function answers: the checks of doctor, but for `sessions`, and for `list` the users where the database could be asked. */
export interface AdminAnswer {
  checks: readonly Check[];
  users?: readonly ListedUser[];
  /** Everybody who may log in; absent also where the engine does not tell. */
  logins?: readonly LoginUser[];
  /** For `sessions`; absent where the engine does not tell. */
  sessions?: readonly (OpenSession & { username: string })[];
}

function isAnswer(said: unknown): said is AdminAnswer {
  return typeof said === "object" && said !== null && "checks" in said;
}

/** Runs the order in the engine's function. @throws UNAVAILABLE if the function itself failed. */
export async function runAdminOrder(functions: AdminFunctions, order: AdminOrder): Promise<AdminAnswer> {
  const answer = await functions.client.send(
    new InvokeCommand({
      FunctionName: engineFunction(functions.functionOf, order.database.engine),
      Payload: JSON.stringify(order),
    }),
  );
  const text = answer.Payload ? Buffer.from(answer.Payload).toString("utf8") : "null";
  const said: unknown = JSON.parse(text);
  if (!answer.FunctionError && isAnswer(said)) return said;
  const message =
    typeof said === "object" && said !== null && "errorMessage" in said
      ? String(said.errorMessage)
      : "no answer";
  throw new DbleaseError("UNAVAILABLE", `database ${order.database.id}: ${message}`, {
    next: `dblease doctor ${order.database.id}`,
  });
}
