/**
 * A look at the sessions of active grants on databases whose log does not reach us. What begins and ends between two
 * looks is not seen; what is open at the end of a grant, its receipt tells.
 */
import { type AdminFunctions, runAdminOrder } from "../admin-order.ts";
import type { Grant } from "../grant.ts";
import { readConfigItem } from "../store/configs.ts";
import { openGrants } from "../store/find-grants.ts";
import { noteOpenSession } from "../store/sessions.ts";
import type { Table } from "../store/table.ts";

export interface Sampler {
  table: Table;
  admin: AdminFunctions;
  clock: () => Date;
}

/** Looks once at the database of these grants. @returns how many sessions of theirs are open. */
async function sampleDatabase({ table, admin, clock }: Sampler, grants: readonly Grant[]): Promise<number> {
  const [{ database, members = [] }] = grants as [Grant];
  const order = { action: "sessions", database, members, groupRoles: [] } as const;
  const { sessions = [] } = await runAdminOrder(admin, order);
  const at = clock().toISOString();
  const idOf = new Map(grants.map((it) => [it.username, it.id]));
  let seen = 0;
  for (const session of sessions) {
    const id = idOf.get(session.username);
    if (id === undefined) continue;
    await noteOpenSession(table, id, { kind: "seen", at, ...session });
    seen += 1;
  }
  return seen;
}

/** @returns what was seen, by database. One that cannot be asked keeps no other from being asked. */
export async function sampleSessions(sampler: Sampler): Promise<Record<string, number | string>> {
  const active = (await openGrants(sampler.table)).filter((it) => it.status === "active");
  if (active.length === 0) return {};
  const { config } = await readConfigItem(sampler.table);
  const logged = new Set(
    Object.entries(config.databases).flatMap(([id, { logs }]) =>
      // That log tells of refusals alone.
      logs.some((it) => it !== "iam-db-auth-error") ? [id] : [],
    ),
  );
  const byDatabase = Map.groupBy(
    active.filter((it) => !logged.has(it.database.id)),
    (it) => it.database.id,
  );
  const seen = await Promise.all(
    [...byDatabase].map(async ([id, grants]) => {
      const count = await sampleDatabase(sampler, grants).catch((error: Error) => error.message);
      return [id, count] as const;
    }),
  );
  return Object.fromEntries(seen);
}
