/** Oracle itself, where Docker is: every story that the played server tells in SQL alone. */
import { test } from "vitest";
import { allStories } from "../engines/conformance/all-stories.ts";
import { oracleHarness } from "../engines/harness/oracle.ts";
import { oracleStories } from "../engines/oracle-stories/all.ts";
import { dockerMissing } from "./docker-missing.ts";
import { startOracle } from "./oracle-server.ts";

const engine = "Oracle Free 23ai";

if (dockerMissing === undefined) allStories(oracleHarness(engine, startOracle), oracleStories);
else test.skip(`${engine}: not proven here (${dockerMissing})`, () => {});
