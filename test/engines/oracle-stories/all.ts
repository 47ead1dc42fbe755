import type { OracleHarness } from "../harness/oracle.ts";
import { leftoverStories } from "./leftovers.ts";
import { rightStories } from "./rights.ts";
import { rotationStories } from "./rotation.ts";
import { sessionStories } from "./sessions.ts";
import { statementStories } from "./statements.ts";
import { textStories } from "./texts.ts";

/** What only Oracle has to show. */
export function oracleStories(harness: OracleHarness): void {
  leftoverStories(harness);
  sessionStories(harness);
  rightStories(harness);
  textStories(harness);
  rotationStories(harness);
  statementStories(harness);
}
