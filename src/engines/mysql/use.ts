import type { MysqlConnection } from "../../connect/mysql.ts";
import type { Member } from "../../grant.ts";
import type { Door } from "../engine.ts";

export type MysqlDoor = Door<MysqlConnection>;

/** One row as mysql2 reads it: numbers, strings, dates as strings, binary as Buffer. */
// biome-ignore lint/suspicious/noExplicitAny: the statement that was sent says what is in it.
export type Row = Record<string, any>;

/** Opens a connection for one piece of work and ends it, whatever happens. */
export async function use<T>(
  door: MysqlDoor,
  target: { member?: Member; purpose?: "revoke" },
  work: (connection: MysqlConnection) => Promise<T>,
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

/** The comment before each statement: in process list and logs it says whose work this is. */
export function tagged(applicationName: string, statement: string): string {
  return `/* ${applicationName} */ ${statement}`;
}

/**
 * Rows of the statements of one message, one list for each statement: one round trip for all of them. The server
 * stops at the first that fails.
 */
export async function message(
  connection: MysqlConnection,
  statements: readonly string[],
): Promise<readonly Row[][]> {
  const sql = statements.map((statement) => tagged(connection.applicationName, statement)).join(";\n");
  const [answer] = await connection.query({ sql, timeout: connection.statementTimeoutMs });
  // One result, or a list of them; a result is a list of rows or a header.
  const results = statements.length === 1 ? [answer] : (answer as unknown[]);
  return results.map((result) => (Array.isArray(result) ? (result as Row[]) : []));
}
