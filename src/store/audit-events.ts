/**
 * Audit events: one item by its id, and the same again on every line that a question asks by. Only ever added, each
 * under the condition that it is not there: whoever tells twice, late, or at the same time as another changes nothing.
 */
import { PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
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
