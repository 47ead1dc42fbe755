/** `dblease audit sessions`: which sessions a database had from grants. */
import type { Instant } from "../grant.ts";
import { findGrants } from "../store/find-grants.ts";
import type { Table } from "../store/table.ts";
import { allHeld } from "./all-held.ts";
import type { SessionEntry, SessionsAnswer } from "./answer.ts";
import type { Session } from "./sessions.ts";
import { sessionsOfGrant } from "./sessions-of-grant.ts";
import { iamLogins, sessionsByLog } from "./unknown.ts";

const perPage = 25;

/** What has no known end counts as open. */
function touches({ startedAt, endedAt }: Session, from: Instant, to: Instant): boolean {
  return (startedAt === undefined || startedAt <= to) && (endedAt === undefined || endedAt >= from);
}

export async function askSessions(
  table: Table,
  { database, from, to, page }: { database: string; from: Instant; to: Instant; page?: string | undefined },
): Promise<SessionsAnswer> {
  const { held, next } = await allHeld(table, database, [from, to], { limit: perPage, page });
  const grants = await findGrants(
    table,
    held.map((it) => it.grantId),
  );
  const told = await Promise.all(
    grants.map(async (grant) => {
      const { sessions, unknown } = await sessionsOfGrant(table, grant);
      const { id: grantId, requester, username } = grant;
      const entries = sessions
        .filter((it) => touches(it, from, to))
        .map((it): SessionEntry => ({ grantId, requester: requester.name, username, ...it }));
      return { entries, unknown };
    }),
  );
  const begin = (it: SessionEntry) => it.startedAt ?? it.endedAt ?? "";
  return {
    database,
    from,
    to,
    sessions: told.flatMap((it) => it.entries).sort((a, b) => begin(a).localeCompare(begin(b))),
    unknown: [...told.flatMap((it) => it.unknown), sessionsByLog, iamLogins],
    ...(next === undefined ? {} : { next }),
  };
}
