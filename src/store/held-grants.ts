/**
 * Which grants cover a day: one small pointer per day and grant, so that who had access at an instant is one Query of
 * its day. An index of the grants' events and no record: it is written anew at each event that moves the end.
 */
import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { GrantEvent } from "../events.ts";
import type { GrantId, Instant } from "../grant.ts";
import { daysBetween } from "./audit-events.ts";
import { openGrants } from "./find-grants.ts";
import { dayOf, isConditionFailure, keys, type Table } from "./table.ts";

/** From when until when a grant gave access, and to whom. */
export interface HeldGrant {
  grantId: GrantId;
  database: string;
  requester: string;
  requesterId: string;
  from: Instant;
  /** The proved end; of a grant that is not closed its planned end, or the latest event where that has passed. */
  until: Instant;
  closed: boolean;
  /** Of the grant, at the event that says so. */
  version: number;
}

/** Undefined: this grant has not given access to anybody. */
function heldOf({ at, version, grant }: GrantEvent): HeldGrant | undefined {
  if (grant.activatedAt === undefined) return undefined;
  const planned = grant.expiresAt ?? at;
  return {
    grantId: grant.id,
    database: grant.database,
    requester: grant.requester.name,
    requesterId: grant.requester.id,
    from: grant.activatedAt,
    until: grant.closedAt ?? (planned > at ? planned : at),
    closed: grant.closedAt !== undefined,
    version,
  };
}

/** Points to the grant from every day that it covers, or was once planned to cover. */
export async function holdGrant(table: Table, event: GrantEvent): Promise<void> {
  const held = heldOf(event);
  if (!held) return;
  const planned = event.grant.expiresAt ?? held.until;
  const days = daysBetween(held.from, planned > held.until ? planned : held.until);
  await Promise.all(days.map((day) => point(table, day, held)));
}

async function point(table: Table, day: string, held: HeldGrant): Promise<void> {
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: { ...keys.held(held.database, day, held.from, held.grantId), ...held },
        ConditionExpression: "attribute_not_exists(pk) OR #version < :version",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":version": held.version },
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
  }
}

/**
 * Grants whose planned end has passed before this period, and whose end is not proved: their pointers end with the newest
 * event, and the access may go on.
 */
export async function stillHeld(
  table: Table,
  database: string,
  [from, to]: readonly [Instant, Instant],
): Promise<HeldGrant[]> {
  const open = (await openGrants(table)).filter((it) => it.database.id === database && !it.closedAt);
  return open.flatMap((grant): HeldGrant[] => {
    const { id, version, requester, activatedAt, expiresAt = "" } = grant;
    if (activatedAt === undefined || activatedAt > to || expiresAt >= from) return [];
    const who = { requester: requester.name, requesterId: requester.id };
    return [{ grantId: id, database, ...who, from: activatedAt, until: to, closed: false, version }];
  });
}

export interface HeldPage {
  held: HeldGrant[];
  /** Where the next page begins; absent: that was all. */
  next?: string;
}

/** Queries of one page at most: a month of quiet days; of a busy one each reads 1 MB, some 3,000 pointers. */
const mostQueries = 40;

/** Pointers of one day, at or after a place in it, whose grant begins by `to` and ends after `from`. */
function queryDay(
  table: Table,
  { pk, place, from, to }: { pk: string; place: string; from: Instant; to: Instant },
  after: Record<string, unknown> | undefined,
) {
  return table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :place AND :to",
      FilterExpression: "#until >= :from",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":pk": pk, ":place": place, ":from": from, ":to": to },
      ExclusiveStartKey: after,
    }),
  );
}

/** Of a page's place: before every key, which begins with a year. */
const beginning = "0";

/**
 * Grants of a database that gave access at some moment between two instants, day by day. One that covers several days
 * is told on the first of them.
 * @param page where it goes on, `next` of the page before: a day, and the first key in it.
 */
export async function heldGrants(
  table: Table,
  database: string,
  [from, to]: readonly [Instant, Instant],
  { limit, page = "" }: { limit: number; page?: string | undefined },
): Promise<HeldPage> {
  const [pageDay = "", pageKey] = page.split("/");
  // `~` sorts after the `#` that follows the instant in a key.
  const asked = { from, to: `${to}~` };
  const held: HeldGrant[] = [];
  let queries = 0;
  for (const day of daysBetween(pageDay > from ? pageDay : from, to)) {
    const { pk } = keys.held(database, day, "", "");
    const place = (day === pageDay && pageKey) || beginning;
    if (place > asked.to) continue;
    let after: Record<string, unknown> | undefined;
    do {
      // `!` sorts right after the key that was read last.
      if (queries === mostQueries) return { held, next: `${day}/${after ? `${after.sk}!` : place}` };
      queries += 1;
      const { Items = [], LastEvaluatedKey } = await queryDay(table, { pk, place, ...asked }, after);
      // Items under `held#` are written by this file alone, from a HeldGrant.
      for (const { pk: _, sk, ...it } of Items) {
        if (day !== dayOf(from) && day !== dayOf(it.from)) continue;
        if (held.length === limit) return { held, next: `${day}/${sk}` };
        held.push(it as unknown as HeldGrant);
      }
      after = LastEvaluatedKey;
    } while (after);
  }
  return { held };
}
