import { allStories } from "./conformance/all-stories.ts";
import { oracleHarness } from "./harness/oracle.ts";
import { oracleStories } from "./oracle-stories/all.ts";

allStories(oracleHarness(), oracleStories);
