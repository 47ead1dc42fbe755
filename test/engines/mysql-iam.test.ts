/** Grants by IAM on MySQL and MariaDB: what the life of a grant has to show, by tokens. */
import { afterAll, beforeAll, describe, test } from "vitest";
import { mariadbIamMissing, mariadbVersion, startMariadbServer } from "../../local-stack/mariadb-server.ts";
import { mysqlIamMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";
import { lifeStories } from "./conformance/life.ts";
import { type MysqlHarness, mysqlHarness } from "./harness/mysql.ts";
import { iamStories } from "./mysql-stories/iam.ts";

function tell(name: string, missing: string | undefined, harnessOf: () => MysqlHarness): void {
  if (missing !== undefined) {
    test.skip(`${name} by IAM: not proven here (${missing})`, () => {});
    return;
  }
  const harness = harnessOf();
  describe(harness.engine, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());
    lifeStories(harness);
    iamStories(harness);
  });
}

tell("mariadb", mariadbIamMissing(), () =>
  mysqlHarness("mariadb", `mariadb ${mariadbVersion()}`, startMariadbServer, "by IAM"),
);
tell("mysql 8.0.15", mysqlIamMissing(), () =>
  mysqlHarness("mysql", "mysql 8.0.15", startMysqlServer, "by IAM"),
);
