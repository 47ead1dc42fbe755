/** Rotations: one item a secret. A run's start and its end are one transaction with their events; so is the lease. */
import { GetCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { Instant } from "../grant.ts";
import type { Rotation, RotationEvent, RotationEventName } from "../rotation.ts";
import { failedConditions, isConditionFailure, keys, type Table } from "./table.ts";

/** Items under `rotation` are written by this file alone, from a Rotation. */
function asRotation({ pk: _, sk: __, ...item }: Record<string, unknown>): Rotation {
  return item as unknown as Rotation;
}

export async function findRotation(table: Table, secret: string): Promise<Rotation | undefined> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.rotation(secret), ConsistentRead: true }),
  );
  return found.Item && asRotation(found.Item);
}

/** All rotations, also those that the configuration no longer has. */
export async function findRotations(table: Table): Promise<Rotation[]> {
  const pages = paginateQuery(
    { client: table.client },
    {
      TableName: table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": "rotation" },
      ConsistentRead: true,
    },
  );
  const found: Rotation[] = [];
  for await (const page of pages) found.push(...(page.Items ?? []).map(asRotation));
  return found;
}

/** What happens to a rotation in one write. */
export interface RotationChange {
  patch: Partial<Rotation>;
  events: readonly { name: RotationEventName; because?: string }[];
  at: Instant;
}

function eventItem(
  rotation: Rotation,
  version: number,
  event: RotationChange["events"][number],
  at: Instant,
) {
  const { database, host: _, port: __, ...shown } = rotation;
  const item: RotationEvent = {
    id: `rotation/${rotation.id}-${version}`,
    name: event.name,
    at,
    version,
    actor: "dblease",
    ...(event.because === undefined ? {} : { because: event.because }),
    rotation: { ...shown, version, database: database.id },
  };
  return { ...keys.rotationEvent(rotation.id, version), ...item };
}

/**
 * Writes the rotation with its events, if it is still at the version that was read.
 * @param claim users of one server that this secret takes for itself, or keeps.
 * @returns the rotation as written. @throws CONFLICT, LEASE_HELD where another secret has one of the users.
 */
export async function changeRotation(
  table: Table,
  rotation: Rotation,
  { patch, events, at }: RotationChange,
  claim: readonly string[] = [],
): Promise<Rotation> {
  const once = { TableName: table.name, ConditionExpression: "attribute_not_exists(pk)" };
  const next = { ...rotation, ...patch, version: rotation.version + Math.max(1, events.length) };
  const change = {
    Put: {
      TableName: table.name,
      Item: { ...keys.rotation(rotation.secret), ...next },
      ...(rotation.version === 0
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : {
            ConditionExpression: "#version = :before",
            ExpressionAttributeNames: { "#version": "version" },
            ExpressionAttributeValues: { ":before": rotation.version },
          }),
    },
  };
  const told = events.map((event, index) => ({
    Put: { ...once, Item: eventItem(next, rotation.version + 1 + index, event, at) },
  }));
  const server = `${rotation.host}:${rotation.port}`;
  const claims = claim.map((username) => ({
    Put: {
      TableName: table.name,
      Item: { ...keys.rotatedUser(server, username), secret: rotation.secret, rotation: rotation.id },
      ConditionExpression: "attribute_not_exists(pk) OR #secret = :secret",
      ExpressionAttributeNames: { "#secret": "secret" },
      ExpressionAttributeValues: { ":secret": rotation.secret },
    },
  }));
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: [change, ...told, ...claims] }));
    return next;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const [taken] = failedConditions(error).filter((it) => it > told.length);
    if (taken !== undefined) throw await leaseHeld(table, server, claim[taken - 1 - told.length] ?? "");
    throw new DbleaseError("CONFLICT", `rotation ${rotation.id} has just been changed by somebody else`, {
      next: "dblease rotations",
    });
  }
}

async function leaseHeld(table: Table, server: string, username: string): Promise<DbleaseError> {
  const found = await table.client.send(
    new GetCommand({ TableName: table.name, Key: keys.rotatedUser(server, username), ConsistentRead: true }),
  );
  return new DbleaseError(
    "LEASE_HELD",
    `rotation ${String(found.Item?.rotation)} changes user ${username} already, in another secret`,
    { next: "let both applications read one secret, or give each a user of its own" },
  );
}
