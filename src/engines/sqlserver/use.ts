import type { Row, SqlserverConnection } from "../../connect/sqlserver.ts";
import type { Member } from "../../grant.ts";
import type { Door } from "../engine.ts";

export type SqlserverDoor = Door<SqlserverConnection>;

/** Opens a connection for one piece of work and ends it, whatever happens. */
export async function use<T>(
  door: SqlserverDoor,
  target: { member?: Member; purpose?: "revoke" },
  work: (connection: SqlserverConnection) => Promise<T>,
): Promise<T> {
  const connection = await door.open(target);
  try {
    const done = await work(connection);
    await connection.end();
    return done;
  } catch (error) {
    // A statement that ran out of time is still being answered: a polite end would wait for it.
    connection.destroy();
    throw error;
  }
}

/** One batch, one round trip; the first statement that fails ends it. Resolves with the rows of each SELECT. */
export function message(
  connection: SqlserverConnection,
  statements: readonly string[],
): Promise<readonly Row[][]> {
  return connection.query(statements.map((statement) => `${statement};\n`).join(""));
}
