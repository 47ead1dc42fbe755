/** Decides about what a fenced user owns: data moves to the graveyard, code waits for a person. */

import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { MovedObject } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { actFor, move } from "./move.ts";
import { owned } from "./owned.ts";
import { lacksPrivilege, missingObject, repeatOnCollision } from "./sqlstates.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** `ready`: nothing of the user stands in the way of the drop any more. */
export interface Settled {
  ready: boolean;
  moved: readonly MovedObject[];
}

/** Looks into every database before anything moves anywhere: one function left behind and nothing is touched. */
export async function settle(
  door: PostgresDoor,
  connection: PostgresConnection,
  user: KnownUser,
  userOid: string,
  databases: readonly string[],
): Promise<Settled> {
  const inDatabase = <T>(database: string, work: (there: PostgresConnection) => Promise<T>) =>
    database === door.database ? work(connection) : use(door, { database, purpose: "revoke" }, work);

  for (const database of databases) {
    const objects = await inDatabase(database, (there) => owned(there, userOid));
    if (objects.some((object) => object.blocker)) return leaveToPerson(connection, user, []);
  }
  const moved: MovedObject[] = [];
  for (const database of databases) {
    const outcome = await inDatabase(database, (there) => move(there, user, userOid));
    if (!outcome.moved) return leaveToPerson(connection, user, moved);
    for (const { kind, name, grants } of outcome.objects) {
      moved.push({ database, kind, name, stripped: grants });
    }
  }
  return { ready: true, moved };
}

/** The fenced user has nothing but its objects, so the admin may act for it: the statements in the residue work. */
export async function leaveToPerson(
  connection: PostgresConnection,
  user: KnownUser,
  moved: readonly MovedObject[],
): Promise<Settled> {
  const statements = ["BEGIN", ...actFor(user, connection.serverVersion), "COMMIT"];
  try {
    await repeatOnCollision(connection, () => message(connection, statements));
  } catch (error) {
    // Another revoke has dropped the user meanwhile: nothing is left to act for.
    if (![lacksPrivilege, missingObject].includes(codeOf(error))) throw error;
    await connection.query("ROLLBACK");
  }
  return { ready: false, moved };
}
