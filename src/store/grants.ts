/**
 * Grants and their events. Every change of status and its event are one transaction, conditional on the version
 * that was read; what only workflows need (wake token, lease, verifier number) is written beside it without one.
 */
import { GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { GrantEvent, GrantEventName } from "../events.ts";
import { assertMayFollow, type Grant, type GrantId, type GrantStatus, type Instant } from "../grant.ts";
import { attentionAt } from "../sweep.ts";
import {
  failedConditions,
  isConditionFailure,
  keys,
  openIndex,
  requesterIndex,
  type Table,
} from "./table.ts";

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

function updateOf(patch: Readonly<Record<string, unknown>>) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const set: string[] = [];
  const remove: string[] = [];
  Object.entries(patch).forEach(([name, value], index) => {
    names[`#a${index}`] = name;
    if (value === undefined) {
      remove.push(`#a${index}`);
    } else {
      values[`:a${index}`] = value;
      set.push(`#a${index} = :a${index}`);
    }
  });
  const expression = [
    set.length > 0 ? `SET ${set.join(", ")}` : "",
    remove.length > 0 ? `REMOVE ${remove.join(", ")}` : "",
  ];
  return { expression: expression.filter(Boolean).join(" "), names, values };
}

/**
 * Writes a new grant, its verifier, its event and its idempotency key in one transaction.
 * @returns the id of the grant that the same key made before, if there is one; nothing is written then.
 * @throws IDEMPOTENCY_REUSED if the key was used for another request.
 */
export async function createGrant(
  table: Table,
  grant: Grant,
  verifier: string,
  idempotency: { key: string; fingerprint: string },
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
          { Put: { TableName: table.name, Item: { ...keys.verifier(grant.id), number: 1, verifier } } },
          eventPut(table, eventOf(grant, undefined, change)),
        ],
      }),
    );
    return {};
  } catch (error) {
    if (!failedConditions(error).includes(0)) throw error;
    const found = await table.client.send(
      new GetCommand({ TableName: table.name, Key: idempotencyKey, ConsistentRead: true }),
    );
    if (found.Item?.fingerprint === idempotency.fingerprint) return { existing: String(found.Item?.grantId) };
    throw new DbleaseError("IDEMPOTENCY_REUSED", "this Idempotency-Key was used for another request", {
      next: "send a new Idempotency-Key",
    });
  }
}

/** The grant, read strongly; undefined: there is none. */
export async function findGrant(table: Table, id: GrantId): Promise<Grant | undefined> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.grant(id), ConsistentRead: true }),
  );
  return found.Item === undefined ? undefined : asGrant(found.Item);
}

/** The grant, read strongly. @throws NOT_FOUND */
export async function readGrant(table: Table, id: GrantId): Promise<Grant> {
  const grant = await findGrant(table, id);
  if (grant) return grant;
  throw new DbleaseError("NOT_FOUND", `there is no grant ${id}`, { next: "dblease grants" });
}

/** Items under `grant#<id>`, `grant` are written by this file alone, from a Grant. */
function asGrant(item: Record<string, unknown>): Grant {
  const { pk: _, sk: __, open: ___, requesterId: ____, ...grant } = item;
  return grant as unknown as Grant;
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
  const update = updateOf({
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
        ],
      }),
    );
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    throw new DbleaseError("CONFLICT", `grant ${grant.id} has just been changed by somebody else`, {
      next: `dblease show ${grant.id}`,
      cause: error,
    });
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
  const update = updateOf(patch);
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

async function queryGrants(
  table: Table,
  index: string,
  condition: string,
  values: Record<string, unknown>,
): Promise<Grant[]> {
  const grants: Grant[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: index,
        KeyConditionExpression: condition,
        ExpressionAttributeNames: index === openIndex ? { "#open": "open" } : { "#requester": "requesterId" },
        ExpressionAttributeValues: values,
        ScanIndexForward: index === openIndex,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    grants.push(...(page.Items ?? []).map(asGrant));
    from = page.LastEvaluatedKey;
  } while (from);
  return grants;
}

/** All grants that are not finished for good. */
export function openGrants(table: Table): Promise<Grant[]> {
  return queryGrants(table, openIndex, "#open = :open", { ":open": "open" });
}

/** The open grants the sweeper must look at by `now`. */
export function dueGrants(table: Table, now: Date): Promise<Grant[]> {
  return queryGrants(table, openIndex, "#open = :open AND dueAt <= :now", {
    ":open": "open",
    ":now": now.toISOString(),
  });
}

/** All grants of one requester, newest first. */
export function grantsOf(table: Table, requesterId: string): Promise<Grant[]> {
  return queryGrants(table, requesterIndex, "#requester = :requester", { ":requester": requesterId });
}
