import { startPostgresServer } from "../../local-stack/postgres-server.ts";
import { allStories } from "./conformance/all-stories.ts";
import { postgresHarness } from "./harness/postgres.ts";
import { slowLoginStories } from "./slow-login.ts";

allStories(
  postgresHarness("postgres 18", (folder) => startPostgresServer({ folder }), {}),
  slowLoginStories,
);
