/** `dblease audit who`: which grants gave access to a database at an instant or in a period. */
import { grantView } from "../api/grant-view.ts";
import type { Instant } from "../grant.ts";
import { findGrants } from "../store/find-grants.ts";
import { heldGrants } from "../store/held-grants.ts";
import type { Table } from "../store/table.ts";
import type { HeldEntry, WhoAnswer } from "./answer.ts";
import { iamLogins, whoSatThere } from "./unknown.ts";

const perPage = 25;

export async function askWho(
  table: Table,
  { database, from, to, page }: { database: string; from: Instant; to: Instant; page?: string | undefined },
): Promise<WhoAnswer> {
  const { held, next } = await heldGrants(table, database, [from, to], { limit: perPage, page });
  const ids = held.map((it) => it.grantId);
  const grants = new Map((await findGrants(table, ids)).map((it) => [it.id, it]));
  const entries = held.flatMap((it): HeldEntry[] => {
    const grant = grants.get(it.grantId);
    return grant ? [{ from: it.from, until: it.until, grant: grantView(grant) }] : [];
  });
  return {
    database,
    from,
    to,
    held: entries,
    unknown: [whoSatThere, iamLogins],
    ...(next === undefined ? {} : { next }),
  };
}
