import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AdminAnswer, AdminOrder } from "../admin-order.ts";
import { awsServices, unreachedAws } from "../connect/reach-aws.ts";
import type { Check, Door, EngineAdapter } from "../engines/engine.ts";
import { DbleaseError } from "../errors.ts";
import type { Engine } from "../grant.ts";
import { provenAgainst } from "../proof.ts";
import { doorsOf, type EngineParts, openDoor } from "./database-step.ts";

function failed(error: unknown): Check {
  if (!(error instanceof DbleaseError)) throw error;
  return { id: error.code.toLowerCase(), ok: false, sentence: error.message, repair: error.next };
}

/** No failure: whoever configured the engine knew; whoever examines it should. */
function proof(engine: Engine): Check {
  return { id: "proven", ok: true, sentence: `${engine} is proven against: ${provenAgainst[engine]}` };
}

async function listUsers<Connection>(
  engine: EngineAdapter<Connection>,
  door: Door<Connection>,
  groupRoles: readonly string[],
): Promise<Omit<AdminAnswer, "checks">> {
  const users = await engine.list(door, groupRoles);
  const logins = await engine.logins?.(door);
  return { users, ...(logins ? { logins } : {}) };
}

/** The standing roles first: the proof makes a user as a grant does. @throws BAD_CONFIGURATION, what failed. */
async function move<Connection>(
  parts: EngineParts<Connection>,
  secrets: SecretsManagerClient,
  { database, members, groupRoles }: AdminOrder,
): Promise<Check> {
  const { byToken, byPassword } = doorsOf(parts, secrets, database, members);
  const { adminUser, id } = database;
  if (!byToken || !byPassword || !adminUser || !parts.moveAdmin) {
    throw new DbleaseError("BAD_CONFIGURATION", `database ${id} has no admin to move`, {
      next: "PostgreSQL alone needs it: name adminSecret, adminUser and resourceIds in dblease.yaml, then deploy",
    });
  }
  const door = await byPassword();
  // Once it has been moved its password is refused; then the token must do.
  return parts.moveAdmin(await prepared(parts, door, byToken, groupRoles), byToken, adminUser);
}

async function prepared<Connection>(
  { engine }: EngineParts<Connection>,
  byPassword: Door<Connection>,
  byToken: Door<Connection>,
  groupRoles: AdminOrder["groupRoles"],
): Promise<Door<Connection>> {
  try {
    await engine.prepare(byPassword, groupRoles);
    return byPassword;
  } catch (error) {
    if (!(error instanceof DbleaseError) || error.code !== "DATABASE_REFUSED") throw error;
    await engine.prepare(byToken, groupRoles);
    return byToken;
  }
}

/** On every member; one that does not answer keeps the others from none. */
async function listSessions<Connection>(
  engine: EngineAdapter<Connection>,
  door: Door<Connection>,
): Promise<Omit<AdminAnswer, "checks">> {
  if (!engine.sessions) return {};
  const asked = await Promise.allSettled(door.members.map(async (it) => engine.sessions?.(door, it) ?? []));
  return { sessions: asked.flatMap((it) => (it.status === "fulfilled" ? it.value : [])) };
}

/** Does what was ordered for one database; that it, or AWS itself, cannot be reached is one of the checks. */
export async function runDatabaseAdmin<Connection>(
  parts: EngineParts<Connection>,
  secrets: SecretsManagerClient,
  order: AdminOrder,
): Promise<AdminAnswer> {
  const { engine } = parts;
  const unreached = await unreachedAws(awsServices(order.database.adminSecret !== undefined));
  if (unreached.length > 0 || order.action === "reach") return { checks: unreached };
  try {
    const moved = order.action === "move-admin" ? [await move(parts, secrets, order)] : [];
    const door = await openDoor(parts, secrets, order.database, order.members);
    if (order.action === "sessions") return { checks: [], ...(await listSessions(engine, door)) };
    if (order.action === "prepare") await engine.prepare(door, order.groupRoles);
    const groupRoles = order.groupRoles.map((it) => it.name);
    const listed = order.action === "list" ? await listUsers(engine, door, groupRoles) : {};
    const checks = await engine.doctor(door, order.groupRoles);
    return { checks: [proof(order.database.engine), ...moved, ...checks], ...listed };
  } catch (error) {
    return { checks: [failed(error)] };
  }
}
