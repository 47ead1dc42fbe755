import { test } from "vitest";
import { mariadbMissing, mariadbVersion, startMariadbServer } from "../../local-stack/mariadb-server.ts";
import { allStories } from "./conformance/all-stories.ts";
import { mysqlHarness } from "./harness/mysql.ts";
import { mysqlStories } from "./mysql-stories/all.ts";

if (mariadbMissing === undefined) {
  allStories(mysqlHarness("mariadb", `mariadb ${mariadbVersion()}`, startMariadbServer), mysqlStories);
} else test.skip(`mariadb: not proven here (${mariadbMissing})`, () => {});
