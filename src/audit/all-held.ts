import type { Instant } from "../grant.ts";
import { type HeldPage, heldGrants, stillHeld } from "../store/held-grants.ts";
import type { Table } from "../store/table.ts";

/** Grants that gave access in a period, and on the first page those whose end nobody has proved yet. */
export async function allHeld(
  table: Table,
  database: string,
  period: readonly [Instant, Instant],
  at: { limit: number; page?: string | undefined },
): Promise<HeldPage> {
  const page = await heldGrants(table, database, period, at);
  if (at.page) return page;
  const known = new Set(page.held.map((it) => it.grantId));
  const more = (await stillHeld(table, database, period)).filter((it) => !known.has(it.grantId));
  return { ...page, held: [...more, ...page.held] };
}
