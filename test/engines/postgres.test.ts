import { afterAll, beforeAll, describe, test } from "vitest";
import { startPostgresServer } from "../../local-stack/postgres-server.ts";
import { leftoverStories } from "./conformance/leftovers.ts";
import { lifeStories } from "./conformance/life.ts";
import { refusalStories } from "./conformance/refusals.ts";
import { sessionStories } from "./conformance/sessions.ts";
import { postgresHarness } from "./harness/postgres.ts";
import { postgres15, startPostgres15 } from "./harness/postgres-15-server.ts";

const versions = [
  {
    harness: postgresHarness("postgres 18", (folder) => startPostgresServer({ folder }), {}),
    missing: false,
  },
  {
    harness: postgresHarness("postgres 15", startPostgres15, {
      "owned roles": "before 16 every CREATEROLE admin may change every role",
      "no set role": "before 16 a member of a group may become it",
    }),
    missing: postgres15 === undefined,
  },
];

for (const { harness, missing } of versions) {
  if (missing) {
    test.skip(`${harness.engine}: not proven here, no PostgreSQL 15 in .local/ or /usr/lib/postgresql`, () => {});
    continue;
  }
  describe(harness.engine, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());
    lifeStories(harness);
    sessionStories(harness);
    refusalStories(harness);
    leftoverStories(harness);
  });
}
