/**
 * Which grants cover a day: one small pointer per day and grant, so that who had access at an instant is one Query of
 * its day. An index of the grants' events and no record: it is written anew at each event that moves the end.
 */
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { GrantEvent } from "../events.ts";
import type { GrantId, Instant } from "../grant.ts";
import { daysBetween } from "./audit-events.ts";
import { isConditionFailure, keys, type Table } from "./table.ts";

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
