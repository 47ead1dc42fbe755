import type { PlayedHarness } from "../harness/oracle-played.ts";
import { oracleStories } from "./all.ts";
import { leftoverStories } from "./leftovers.ts";
import { rightStories } from "./rights.ts";
import { playedRotationStories } from "./rotation.ts";
import { sessionStories } from "./sessions.ts";
import { statementStories } from "./statements.ts";
import { textStories } from "./texts.ts";

/** What a server does at the worst moment, and what has to be looked up behind its back: only the played one can be told to. */
export function playedStories(harness: PlayedHarness): void {
  oracleStories(harness, async (tell) => {
    const server = harness.server();
    const { serverVersion } = server;
    server.serverVersion = 2_306_000_000;
    await tell();
    server.serverVersion = serverVersion;
  });
  leftoverStories(harness);
  sessionStories(harness);
  rightStories(harness);
  textStories(harness);
  playedRotationStories(harness);
  statementStories(harness);
}
