/** `dblease audit who`: which grants gave access to a database at an instant or in a period. */
import { grantView } from "../api/grant-view.ts";
import type { Instant } from "../grant.ts";
import { findGrants } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import { allHeld } from "./all-held.ts";
import type { WhoAnswer } from "./answer.ts";
import { sessionsOfGrant } from "./sessions-of-grant.ts";
import { iamLogins, sessionsByLog, whoSatThere } from "./unknown.ts";

const perPage = 25;

export async function askWho(
  table: Table,
  { database, from, to, page }: { database: string; from: Instant; to: Instant; page?: string | undefined },
): Promise<WhoAnswer> {
  const { held, next } = await allHeld(table, database, [from, to], { limit: perPage, page });
  const ids = held.map((it) => it.grantId);
  const grants = new Map((await findGrants(table, ids)).map((it) => [it.id, it]));
  const told = await Promise.all(
    held.map(async ({ grantId, from: since, until }) => {
      const grant = grants.get(grantId);
      if (!grant) return { entries: [], unknown: [] };
      const { sessions, unknown } = await sessionsOfGrant(table, grant);
      return { entries: [{ from: since, until, grant: grantView(grant), sessions }], unknown };
    }),
  );
  return {
    database,
    from,
    to,
    held: told.flatMap((it) => it.entries),
    unknown: [...told.flatMap((it) => it.unknown), whoSatThere, sessionsByLog, iamLogins],
    ...(next === undefined ? {} : { next }),
  };
}
