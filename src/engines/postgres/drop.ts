import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { refuseForeign } from "./guard.ts";
import { ownName } from "./quote.ts";
import { dependentObjects, repeatOnCollision } from "./sqlstates.ts";
import { ownerRole } from "./standing-roles.ts";
import { message } from "./use.ts";

export function dropStatements(user: KnownUser): string[] {
  return [
    "BEGIN",
    refuseForeign(user.username, markerText(user.marker)),
    `SET LOCAL ROLE ${ownName(ownerRole)}`,
    `DROP ROLE IF EXISTS ${ownName(user.username)}`,
    "COMMIT",
  ];
}

/** False: something still hangs on the user, which then stays fenced; the read-back says what. */
export async function drop(connection: PostgresConnection, user: KnownUser): Promise<boolean> {
  try {
    await repeatOnCollision(connection, () => message(connection, dropStatements(user)));
    return true;
  } catch (error) {
    if (codeOf(error) !== dependentObjects) throw error;
    await connection.query("ROLLBACK");
    return false;
  }
}
