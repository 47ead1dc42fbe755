import { test } from "vitest";
import { mysqlMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";
import { allStories } from "./conformance/all-stories.ts";
import { mysqlHarness } from "./harness/mysql.ts";
import { mysqlStories } from "./mysql-stories/all.ts";

if (mysqlMissing === undefined)
  allStories(mysqlHarness("mysql", "mysql 8.0.15", startMysqlServer), mysqlStories);
else test.skip(`mysql 8.0.15: not proven here (${mysqlMissing})`, () => {});
