import { allStories } from "./conformance/all-stories.ts";
import { sqlserverHarness } from "./harness/sqlserver.ts";
import { startStub } from "./harness/sqlserver-stub.ts";
import { stubStories } from "./sqlserver/stub-stories.ts";

allStories(
  sqlserverHarness("sqlserver, protocol stub", () => startStub()),
  stubStories,
);
