import { allStories } from "./conformance/all-stories.ts";
import { oracleHarness } from "./harness/oracle.ts";

allStories(oracleHarness());
