/** What a deploy does with `rotations:`: each becomes an item that the rotation function finds by the secret. */
import type { RDSClient } from "@aws-sdk/client-rds";
import type { Config, RotationConfig } from "../config.ts";
import { strategyOf } from "../default-strategy.ts";
import { DbleaseError } from "../errors.ts";
import type { Engine } from "../grant.ts";
import { hasAdmin } from "../has-admin.ts";
import type { Rotation } from "../rotation.ts";
import { databaseSnapshot } from "../snapshot.ts";
import { changeRotation, findRotations } from "../store/rotations.ts";
import type { Table } from "../store/table.ts";
import { resolveWriter } from "./resolve-members.ts";

interface Parts {
  table: Table;
  rds: RDSClient;
  clock: () => Date;
}

/**
 * Rotation functions stand in the VPC, where the RDS API may not be reached, so the writer's address is looked up here.
 * A secret that the configuration no longer names keeps its item, marked as removed.
 * @throws UNAVAILABLE where RDS does not know a database, BAD_CONFIGURATION where an older password would live on: then
 * the deploy fails, and the application loses nothing.
 */
export async function applyRotations(parts: Parts, config: Config): Promise<void> {
  const known = new Map((await findRotations(parts.table)).map((it) => [it.secret, it]));
  for (const [id, it] of Object.entries(config.rotations)) {
    await apply(parts, known.get(it.secret), await wanted(parts, config, id, it));
    known.delete(it.secret);
  }
  const removedAt = parts.clock().toISOString();
  for (const it of known.values()) {
    if (!it.removedAt)
      await changeRotation(parts.table, it, { patch: { removedAt }, events: [], at: removedAt });
  }
}

type Wanted = Omit<Rotation, "version" | "status" | "configuredAt">;

async function wanted(parts: Parts, config: Config, id: string, it: RotationConfig): Promise<Wanted> {
  const database = databaseSnapshot(config, it.database);
  const { secret, user, schedule, window, grace } = it;
  const strategy = strategyOf(config, it);
  const writer = await resolveWriter(parts.rds, database);
  return {
    ...{ id, secret, user, strategy, schedule, database, ...writer },
    ...(window ? { window } : {}),
    ...(grace ? { graceSeconds: grace } : {}),
  };
}

/** Written only where something differs: a run that is under way must not meet a new version for nothing. */
async function apply(parts: Parts, known: Rotation | undefined, want: Wanted): Promise<void> {
  const at = parts.clock().toISOString();
  if (known && leavesOldPassword(known, want)) {
    throw new DbleaseError(
      "BAD_CONFIGURATION",
      `rotations.${want.id}: the password before the last run still works, and only an admin can end it`,
      {
        next: `set grace: 5m, deploy, and take the admin out when dblease rotations shows no older password`,
      },
    );
  }
  const rotation: Rotation = known ?? { ...want, configuredAt: at, version: 0, status: "new" };
  const patch = { ...want, window: want.window, graceSeconds: want.graceSeconds, removedAt: undefined };
  const same =
    known && Object.entries(patch).every(([key, value]) => isEqual(value, known[key as keyof Rotation]));
  if (!same) await changeRotation(parts.table, rotation, { patch, events: [], at });
}

/**
 * MySQL and MariaDB let no account end its own second password, and nobody ends that of the other login of a pair: without
 * an admin, what a run has left until the next would work for ever.
 */
function leavesOldPassword(known: Rotation, want: Wanted): boolean {
  const hadTwo = keepsTwo.includes(known.database.engine) || known.strategy === "alternating-users";
  const isAlive = known.run !== undefined && known.graceEnded !== known.run;
  return hadTwo && isAlive && hasAdmin(known.database) && !hasAdmin(want.database);
}

const keepsTwo: readonly Engine[] = ["mysql", "mariadb"];

/** Values that went through the table may have their keys in another order. */
function isEqual(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_, it: unknown) =>
    typeof it === "object" && it !== null && !Array.isArray(it)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
