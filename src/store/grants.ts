/**
 * Grants and their events. Every change of status and its event are one transaction, conditional on the version
 * that was read; what only workflows need (wake token, lease, verifier number) is written beside it without one.
 */
import { GetCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { GrantEvent, GrantEventName } from "../events.ts";
import type { FreezeScope } from "../freeze.ts";
import {
  assertMayFollow,
  type Grant,
  type GrantId,
  type GrantStatus,
  type Instant,
  isOpen,
  waitingStatuses,
} from "../grant.ts";
import { attentionAt } from "../sweep.ts";
import { claimOf } from "./drafts.ts";
import { unlessFrozen } from "./freezes.ts";
import { conflictOr, failedConditions, isConditionFailure, keys, type Table } from "./table.ts";
import { updateExpression } from "./update-expression.ts";

/** Seconds for which a repeated request with the same key answers with the first grant. */
const idempotencySeconds = 86_400;

/** Attributes to set; `undefined` removes one. */
export type Patch = { [Name in keyof Grant]?: Grant[Name] | undefined } & { open?: undefined };

export interface Change {
  to: GrantStatus;
  event: GrantEventName;
  /** Person name, or `dblease`. */
  actor: string;
  patch?: Patch;
  /** The change fails where one of these is frozen at that moment. */
  scopes?: readonly FreezeScope[];
  now: Date;
}

/** What workflows need and nobody else should see stays out of events. */
function eventOf(grant: Grant, from: GrantStatus | undefined, change: Omit<Change, "patch">): GrantEvent {
  const { wakeToken: _, lease: __, dueAt: ___, database, ...shown } = grant;
  return {
    id: `${grant.id}-${grant.version}`,
    name: change.event,
    at: change.now.toISOString(),
    version: grant.version,
    actor: change.actor,
    ...(from === undefined ? {} : { from }),
    to: change.to,
    grant: { ...shown, database: database.id },
  };
}

function eventPut(table: Table, event: GrantEvent) {
  return {
    Put: {
      TableName: table.name,
      Item: { ...keys.event(event.grant.id, event.version), ...event },
      ConditionExpression: "attribute_not_exists(pk)",
    },
  };
}

/** Attributes of the indexes follow from the grant. */
function indexed(dueAt: Instant | undefined): { open?: "open"; dueAt?: Instant } {
  return dueAt === undefined ? {} : { open: "open", dueAt };
}

/** What a new grant comes with. */
export interface Birth {
  idempotency: { key: string; fingerprint: string };
  /** Absent: the engine function makes the password itself. */
  verifier?: string;
  /** The grant claims the draft of its own id. */
  claims?: boolean;
}

/**
 * Writes a new grant, its verifier, its event and its idempotency key in one transaction.
 * @returns the id of the grant that the same key made before, if there is one; nothing is written then.
 * @throws IDEMPOTENCY_REUSED if the key was used for another request, CONFLICT if the draft is claimed already.
 */
export async function createGrant(
  table: Table,
  grant: Grant,
  { idempotency, verifier, claims }: Birth,
  now: Date,
): Promise<{ existing?: GrantId }> {
  const dueAt = attentionAt(grant, now);
  const idempotencyKey = keys.idempotency(grant.requester.id, idempotency.key);
  const change = { to: grant.status, event: "GrantRequested", actor: grant.requester.name, now } as const;
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: table.name,
              Item: {
                ...idempotencyKey,
                grantId: grant.id,
                fingerprint: idempotency.fingerprint,
                ttl: Math.floor(now.getTime() / 1000) + idempotencySeconds,
              },
              ConditionExpression: "attribute_not_exists(pk)",
            },
          },
          {
            Put: {
              TableName: table.name,
              Item: { ...keys.grant(grant.id), ...grant, ...indexed(dueAt), requesterId: grant.requester.id },
              ConditionExpression: "attribute_not_exists(pk)",
            },
          },
          eventPut(table, eventOf(grant, undefined, change)),
          ...(verifier === undefined
            ? []
            : [
                { Put: { TableName: table.name, Item: { ...keys.verifier(grant.id), number: 1, verifier } } },
              ]),
          ...(claims ? [claimOf(table, grant.id, now.toISOString())] : []),
        ],
      }),
    );
    return {};
  } catch (error) {
    if (!failedConditions(error).includes(0)) throw conflictOr(error, grant.id);
    const found = await table.client.send(
      new GetCommand({ TableName: table.name, Key: idempotencyKey, ConsistentRead: true }),
    );
    if (found.Item?.fingerprint === idempotency.fingerprint) return { existing: String(found.Item?.grantId) };
    throw new DbleaseError("IDEMPOTENCY_REUSED", "this Idempotency-Key was used for another request", {
      next: "send a new Idempotency-Key",
    });
  }
}

/** Of an access that ends, or never begins, nothing is kept to log in with: on some engines it is the password itself. */
function isLastUse({ status, verifierNumber }: Grant, to: GrantStatus): boolean {
  return verifierNumber > 0 && (to === "revoking" || (waitingStatuses.includes(status) && !isOpen(to)));
}

function forgotten(table: Table, { id }: Grant) {
  return {
    Update: {
      TableName: table.name,
      Key: keys.verifier(id),
      UpdateExpression: "SET verifier = :none",
      ExpressionAttributeValues: { ":none": "" },
    },
  };
}

/**
 * Changes the status, with its event, if the grant is still at the version that was read.
 * @returns the grant as written. @throws WRONG_STATUS, CONFLICT (read again and decide anew).
 */
export async function changeStatus(table: Table, grant: Grant, change: Change): Promise<Grant> {
  if (grant.status !== change.to) assertMayFollow(grant, change.to);
  const version = grant.version + 1;
  const next = patched(grant, { ...change.patch, status: change.to, version });
  const dueAt = attentionAt(next, change.now);
  const update = updateExpression({
    ...change.patch,
    status: change.to,
    version,
    dueAt,
    open: dueAt === undefined ? undefined : "open",
  });
  try {
    await table.client.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: table.name,
              Key: keys.grant(grant.id),
              UpdateExpression: update.expression,
              ExpressionAttributeNames: { ...update.names, "#version": "version", "#status": "status" },
              ExpressionAttributeValues: {
                ...update.values,
                ":version": grant.version,
                ":status": grant.status,
              },
              ConditionExpression: "#version = :version AND #status = :status",
            },
          },
          eventPut(table, eventOf(next, grant.status, change)),
          ...(isLastUse(grant, change.to) ? [forgotten(table, grant)] : []),
          ...unlessFrozen(table, change.scopes ?? []),
        ],
      }),
    );
  } catch (error) {
    throw conflictOr(error, grant.id);
  }
  return patched(next, { dueAt });
}

/** A removed attribute is absent in the result, as it is in the table. */
function patched(grant: Grant, patch: Patch): Grant {
  const entries = Object.entries({ ...grant, ...patch }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as Grant;
}

/**
 * Writes what only workflows need, under a condition of its own, without an event.
 * @returns whether the condition held.
 */
export async function touchGrant(
  table: Table,
  id: GrantId,
  patch: Patch,
  condition: { expression: string; names?: Record<string, string>; values?: Record<string, unknown> },
): Promise<boolean> {
  const update = updateExpression(patch);
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: keys.grant(id),
        UpdateExpression: update.expression,
        ExpressionAttributeNames: { ...update.names, ...condition.names },
        ExpressionAttributeValues: { ...update.values, ...condition.values },
        ConditionExpression: condition.expression,
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailure(error)) return false;
    throw error;
  }
}
