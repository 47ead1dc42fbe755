/** Rotations: one item a secret. A run's start and its end are one transaction with their events; so is the lease. */
import { GetCommand, PutCommand, paginateQuery, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { Instant } from "../grant.ts";
import type { Rotation, RotationEvent, RotationEventName } from "../rotation.ts";
import { failedConditions, isConditionFailure, keys, type Table } from "./table.ts";

/** Holder of a user that its secret has given up. */
const nobody = "nobody";

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

/** The one of this id in the configuration. @throws NOT_FOUND */
export async function readRotation(table: Table, id: string): Promise<Rotation> {
  const found = (await findRotations(table)).find((it) => it.id === id && it.removedAt === undefined);
  if (found) return found;
  throw new DbleaseError("NOT_FOUND", `there is no rotation "${id.slice(0, 60)}"`, {
    next: "dblease rotations",
  });
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
  const { database, host: _, port: __, heldUntil: ___, ...shown } = rotation;
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
      Item: { ...keys.rotatedUser(server, username), secret: rotation.secret },
      ConditionExpression: "attribute_not_exists(pk) OR #secret IN (:secret, :nobody)",
      ExpressionAttributeNames: { "#secret": "secret" },
      ExpressionAttributeValues: { ":secret": rotation.secret, ":nobody": nobody },
    },
  }));
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: [change, ...told, ...claims] }));
    return next;
  } catch (error) {
    if (!isConditionFailure(error)) throw error;
    const taken = claim[(failedConditions(error).find((it) => it > told.length) ?? -1) - 1 - told.length];
    if (taken === undefined) {
      throw new DbleaseError("CONFLICT", `rotation ${rotation.id} has just been changed by somebody else`, {
        next: "dblease rotations",
      });
    }
    await freeUser(table, server, taken);
    return changeRotation(table, rotation, { patch, events, at }, claim);
  }
}

/** A secret that the configuration no longer has gives its users up. @throws LEASE_HELD where it still has it. */
async function freeUser(table: Table, server: string, username: string): Promise<void> {
  const key = keys.rotatedUser(server, username);
  const held = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: true }),
  );
  const holder = await findRotation(table, String(held.Item?.secret));
  if (holder && holder.removedAt === undefined) {
    throw new DbleaseError(
      "LEASE_HELD",
      `rotation ${holder.id} changes user ${username} already, in another secret`,
      {
        next: "let both applications read one secret, or give each a user of its own",
      },
    );
  }
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: { ...key, secret: nobody },
      ConditionExpression: "#secret = :holder",
      ExpressionAttributeNames: { "#secret": "secret" },
      ExpressionAttributeValues: { ":holder": held.Item?.secret },
    }),
  );
}
