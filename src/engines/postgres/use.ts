import type { QueryResult } from "pg";
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { Member } from "../../grant.ts";
import type { Door } from "../engine.ts";

export type PostgresDoor = Door<PostgresConnection>;

/** Opens a connection for one piece of work and ends it, whatever happens. */
export async function use<T>(
  door: PostgresDoor,
  target: { database?: string; member?: Member; purpose?: "revoke" },
  work: (connection: PostgresConnection) => Promise<T>,
): Promise<T> {
  const connection = await door.open(target);
  try {
    return await work(connection);
  } finally {
    // A dead socket cannot be said goodbye to; what the work threw is what counts.
    await connection.end().catch(() => {});
  }
}

/** Rows of the statements of one message, one list for each statement: one round trip for all of them. */
export async function message(
  connection: PostgresConnection,
  statements: readonly string[],
): Promise<readonly QueryResult["rows"][]> {
  // pg's types know one result only; for several statements it resolves with a list of them.
  const answer = (await connection.query(statements.join(";\n"))) as QueryResult | QueryResult[];
  return [answer].flat().map((result) => result.rows);
}
