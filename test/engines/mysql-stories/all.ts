import type { MysqlHarness } from "../harness/mysql.ts";
import { accountStories } from "./accounts.ts";
import { definerStories } from "./definers.ts";
import { preparedStories } from "./prepared.ts";
import { schemaStories } from "./schemas.ts";
import { serverStories } from "./server.ts";
import { sessionStories } from "./sessions.ts";

/** What only MySQL and MariaDB have to show. */
export function mysqlStories(harness: MysqlHarness): void {
  accountStories(harness);
  sessionStories(harness);
  definerStories(harness);
  preparedStories(harness);
  schemaStories(harness);
  serverStories(harness);
}
