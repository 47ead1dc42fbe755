import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { KnownUser } from "../engine.ts";
import { asActor } from "./membership.ts";
import { type OwnedObject, owned } from "./owned.ts";
import { ownName, theirName } from "./quote.ts";
import { lockNotAvailable, repeatOnCollision } from "./sqlstates.ts";
import { graveyardRole, ownerRole } from "./standing-roles.ts";
import { message } from "./use.ts";

export type Move = { moved: true; objects: readonly OwnedObject[] } | { moved: false; code: string };

/** Lets the admin act for the user's own objects: needed to move them, and for a person's statements on them. */
export function actFor(user: KnownUser, serverVersion: number): string[] {
  return [
    `SET LOCAL ROLE ${ownName(ownerRole)}`,
    `GRANT ${ownName(user.username)} TO ${ownName(ownerRole)}${asActor(serverVersion)}`,
    "SET LOCAL ROLE NONE",
  ];
}

/**
 * Gives what the user owns in this database to the graveyard, with every grant on it stripped, and takes what
 * privileges are left. One transaction: where a REASSIGN fails, no DROP OWNED follows, and no row is lost.
 */
export async function move(connection: PostgresConnection, user: KnownUser, userOid: string): Promise<Move> {
  try {
    return await repeatOnCollision(connection, () => moveOnce(connection, user, userOid));
  } catch (error) {
    const code = codeOf(error);
    // Without a SQLSTATE the connection is gone, and a lock is given up some time: nothing was decided, try again.
    if (code.length !== 5 || code === lockNotAvailable) throw error;
    await connection.query("ROLLBACK");
    return { moved: false, code };
  }
}

async function moveOnce(connection: PostgresConnection, user: KnownUser, userOid: string): Promise<Move> {
  const name = ownName(user.username);
  const graveyard = ownName(graveyardRole);
  await message(connection, ["BEGIN", ...actFor(user, connection.serverVersion)]);
  const objects = await owned(connection, userOid);
  const loans = loansFor(objects, theirName(await databaseName(connection)));
  await message(connection, [
    ...objects.flatMap((object) => object.strip ?? []),
    ...loans.map((loan) => `GRANT CREATE ON ${loan} TO ${graveyard}`),
    `REASSIGN OWNED BY ${name} TO ${graveyard}`,
    ...loans.map((loan) => `REVOKE CREATE ON ${loan} FROM ${graveyard}`),
  ]);
  const left = await owned(connection, userOid);
  if (left.some((object) => object.kind !== "default acl")) {
    await connection.query("ROLLBACK");
    return { moved: false, code: "left behind" };
  }
  await message(connection, [
    `DROP OWNED BY ${name}`,
    `SET LOCAL ROLE ${ownName(ownerRole)}`,
    `REVOKE ${name} FROM ${ownName(ownerRole)}`,
    "COMMIT",
  ]);
  return { moved: true, objects };
}

/** What the receiver must be allowed to create in for ALTER ... OWNER, just for this transaction. */
function loansFor(objects: readonly OwnedObject[], database: string): string[] {
  const schemas = objects.flatMap((object) => object.lendSchema ?? []);
  return [
    ...[...new Set(schemas)].map((schema) => `SCHEMA ${theirName(schema)}`),
    ...(objects.some((object) => object.lendDatabase) ? [`DATABASE ${database}`] : []),
  ];
}

async function databaseName(connection: PostgresConnection): Promise<string> {
  return (await connection.query("SELECT pg_catalog.current_database() AS name")).rows[0].name;
}
