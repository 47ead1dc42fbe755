/** `dblease audit grant`: what happened to one grant, from the request to the receipt. */
import { grantView } from "../api/grant-view.ts";
import type { Grant } from "../grant.ts";
import { grantEvents } from "../store/find-events.ts";
import type { Table } from "../store/table.ts";
import type { GrantAnswer } from "./answer.ts";
import { momentOf } from "./moment.ts";
import { sessionsOfGrant } from "./sessions-of-grant.ts";
import { iamLogins, sessionsByLog, whoSatThere } from "./unknown.ts";

const perPage = 200;

export async function askGrant(table: Table, grant: Grant, page: string | undefined): Promise<GrantAnswer> {
  const [{ events, next }, { sessions, refusals, unknown }] = await Promise.all([
    grantEvents(table, grant.id, perPage, page),
    sessionsOfGrant(table, grant),
  ]);
  return {
    grant: grantView(grant),
    moments: events.map(momentOf),
    sessions,
    refusals,
    unknown: [...unknown, whoSatThere, sessionsByLog, ...(grant.model === "iam" ? [iamLogins] : [])],
    ...(next === undefined ? {} : { next }),
  };
}
