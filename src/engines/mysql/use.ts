import type { MysqlConnection } from "../../connect/mysql.ts";
import type { Door } from "../engine.ts";

export type MysqlDoor = Door<MysqlConnection>;

/** One row as mysql2 reads it: numbers, strings, dates as strings, binary as Buffer. */
// biome-ignore lint/suspicious/noExplicitAny: the statement that was sent says what is in it.
export type Row = Record<string, any>;

export { useConnection as use } from "../use-connection.ts";

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
