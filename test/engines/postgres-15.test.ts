import { test } from "vitest";
import { allStories } from "./conformance/all-stories.ts";
import { postgresHarness } from "./harness/postgres.ts";
import { postgres15, startPostgres15 } from "./harness/postgres-15-server.ts";
import { slowLoginStories } from "./slow-login.ts";

if (postgres15 === undefined) {
  test.skip("postgres 15: not proven here (no PostgreSQL 15 in .local/postgresql-15 or /usr/lib/postgresql)", () => {});
} else {
  allStories(
    postgresHarness("postgres 15", startPostgres15, {
      "owned roles": "before 16 every admin with CREATEROLE may change every role",
      "no set role": "before 16 a member of a group role may become it",
    }),
    slowLoginStories,
  );
}
