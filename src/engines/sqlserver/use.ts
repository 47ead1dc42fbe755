import type { Row, SqlserverConnection } from "../../connect/sqlserver.ts";
import type { Door } from "../engine.ts";

export type SqlserverDoor = Door<SqlserverConnection>;

export { useConnection as use } from "../use-connection.ts";

/** One batch, one round trip; the first statement that fails ends it. Resolves with the rows of each SELECT. */
export function message(
  connection: SqlserverConnection,
  statements: readonly string[],
): Promise<readonly Row[][]> {
  return connection.query(statements.map((statement) => `${statement};\n`).join(""));
}
