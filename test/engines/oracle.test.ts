import { allStories } from "./conformance/all-stories.ts";
import { oracleHarness } from "./harness/oracle.ts";
import { splitPlayed, startPlayed } from "./harness/oracle-played.ts";
import { playedStories } from "./oracle-stories/played.ts";

allStories(oracleHarness("oracle, played", startPlayed, { split: splitPlayed }), playedStories);
