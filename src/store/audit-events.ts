/**
 * Audit events: one item by its id, and the same again on every line that a question asks by. Only ever added, each
 * under the condition that it is not there: whoever tells twice, late, or at the same time as another changes nothing.
 */
import { PutCommand, paginateQuery, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type AuditEvent, type Line, linesOf } from "../audit/audit-event.ts";
import type { Instant } from "../grant.ts";
import { dayOf, isConditionFailure, keys, type Table } from "./table.ts";

/** @returns false if it is there already. */
async function putOnce(table: Table, Item: Record<string, unknown>): Promise<boolean> {
  try {
    await table.client.send(
      new PutCommand({ TableName: table.name, Item, ConditionExpression: "attribute_not_exists(pk)" }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}

/**
 * Adds an event. The item by its id comes last: where it stands, all lines do, and who died before it tells again.
 * @returns false if it is there already.
 */
export async function recordAuditEvent(table: Table, event: AuditEvent): Promise<boolean> {
  const lines = linesOf(event).map(({ kind, key }) => keys.auditLine(kind, key, event.at, event.id));
  await Promise.all(lines.map((line) => putOnce(table, { ...line, ...event })));
  return putOnce(table, { ...keys.auditEvent(event.id), ...event });
}

/** Items under `line#` are written by this file alone, from an AuditEvent. */
function asAuditEvent({ pk: _, sk: __, ...item }: Record<string, unknown>): AuditEvent {
  return item as unknown as AuditEvent;
}

/** Every day from one instant to the other, UTC. */
export function daysBetween(from: Instant, to: Instant): string[] {
  const days: string[] = [];
  for (let day = Date.parse(dayOf(from)); day <= Date.parse(to); day += 86_400_000) {
    days.push(dayOf(new Date(day).toISOString()));
  }
  return days;
}

/** The events of one line from an instant until before another, oldest first, page by page: a Query a day. */
export async function* auditEventsOf(
  table: Table,
  { kind, key }: Line,
  from: Instant,
  to: Instant,
): AsyncGenerator<AuditEvent> {
  for (const day of daysBetween(from, to)) {
    const pages = paginateQuery(
      { client: table.client },
      {
        TableName: table.name,
        KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: { ":pk": `line#${kind}#${key}#${day}`, ":from": from, ":to": to },
      },
    );
    for await (const page of pages) yield* (page.Items ?? []).map(asAuditEvent);
  }
}

/** Days of one page; each is a Query a line. */
const mostDays = 10;

async function queryDay(
  table: Table,
  { kind, key }: Line,
  { day, from, to, limit }: { day: string; from: string; to: string; limit: number },
): Promise<AuditEvent[]> {
  const found = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
      ExpressionAttributeValues: { ":pk": `line#${kind}#${key}#${day}`, ":from": from, ":to": to },
      Limit: limit,
    }),
  );
  return (found.Items ?? []).map(asAuditEvent);
}

function placeOf({ at, id }: AuditEvent): string {
  return `${at}#${id}`;
}

/** Each event once, in order of time. */
function merged(found: readonly AuditEvent[]): AuditEvent[] {
  const each = new Map(found.map((it) => [placeOf(it), it]));
  return [...each.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/**
 * The events of several lines together, oldest first, `limit` at most and so many days at most.
 * @param page where it goes on: `next` of the page before.
 */
export async function auditPage(
  table: Table,
  lines: readonly Line[],
  [from, to]: readonly [Instant, Instant],
  { limit, page = "" }: { limit: number; page?: string | undefined },
): Promise<{ events: AuditEvent[]; next?: string }> {
  const start = page > from ? page : from;
  const events: AuditEvent[] = [];
  if (start > `${to}~`) return { events };
  for (const [index, day] of daysBetween(start, to).entries()) {
    if (index === mostDays) return { events, next: day };
    // One more than fits: its place is where the next page goes on. `~` sorts after the `#` behind an instant.
    const asked = { day, from: start, to: `${to}~`, limit: limit - events.length + 1 };
    const found = merged((await Promise.all(lines.map((it) => queryDay(table, it, asked)))).flat());
    const surplus = found[limit - events.length];
    events.push(...found.slice(0, limit - events.length));
    if (surplus) return { events, next: placeOf(surplus) };
  }
  return { events };
}
