import type { PostgresConnection } from "../../connect/postgres.ts";
import type { GroupRole } from "../engine.ts";
import { drift } from "./drift.ts";
import { literal, ownName, theirName } from "./quote.ts";
import { rightStatements } from "./right.ts";
import { duplicateRole, engineError, repeatOnCollision } from "./sqlstates.ts";
import { makeStanding } from "./standing.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/**
 * Makes or repairs the standing roles in one transaction; a second run changes nothing. What the admin may not
 * change (other people's tables) is left alone and named by doctor: one such table must not stop the rest.
 * Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, BAD_CONFIGURATION, BAD_NAME and what a login throws.
 */
export async function prepare(door: PostgresDoor, groupRoles: readonly GroupRole[]): Promise<void> {
  const names = groupRoles.map((groupRole) => groupRole.name);
  // Refuses a bad name before the server hears of it.
  names.forEach(ownName);
  try {
    await use(door, {}, (connection) =>
      repeatOnCollision(connection, async () => {
        await connection.query("BEGIN");
        await makeStanding(connection, names);
        for (const groupRole of groupRoles) await equalise(connection, door.database, groupRole);
        await connection.query("COMMIT");
      }, [duplicateRole]),
    );
  } catch (error) {
    throw engineError(error, "standing roles");
  }
}

async function equalise(
  connection: PostgresConnection,
  database: string,
  groupRole: GroupRole,
): Promise<void> {
  const { missing, surplus } = await drift(connection, groupRole);
  const statements = [
    ...rightStatements(
      "REVOKE",
      surplus.filter((right) => right.mayChange),
      groupRole.name,
    ),
    ...rightStatements(
      "GRANT",
      missing.filter((right) => right.mayChange),
      groupRole.name,
    ),
    ...(await connectRight(connection, database, groupRole.name)),
  ];
  if (statements.length > 0) await message(connection, statements);
}

/** CONNECT comes with PUBLIC unless somebody took it away there. */
async function connectRight(
  connection: PostgresConnection,
  database: string,
  groupRole: string,
): Promise<string[]> {
  const { rows } = await connection.query(
    `SELECT pg_catalog.has_database_privilege(${literal(groupRole)}, ${literal(database)}, 'CONNECT') AS may`,
  );
  return rows[0].may ? [] : [`GRANT CONNECT ON DATABASE ${theirName(database)} TO ${ownName(groupRole)}`];
}
