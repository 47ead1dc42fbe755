/** Everything that is sent to Oracle, and everything that a block makes of what it is sent, each once. */
import { expect, test } from "vitest";
import type { PlayedHarness } from "../harness/oracle-played.ts";

/** Names, passwords and numbers of one run are those of every run. */
function withoutChance(text: string): string {
  return text
    .replace(/JIT_[0-9A-Z]{12}/g, "JIT_0123456789AB")
    .replace(/dblease:test:[0-9a-z]{12}/g, "dblease:test:0123456789ab")
    .replace(/DBL_SHOP_\d+__READ/g, "DBL_SHOP_1__READ")
    .replace(/"APP_\d+"/g, '"APP_1"')
    .replace(/IDENTIFIED BY "[^"]*"/g, 'IDENTIFIED BY "Password_0"')
    .replace(/PASSWORD_LIFE_TIME \d+/g, "PASSWORD_LIFE_TIME 600")
    .replace(/SESSION '\d+,\d+/g, "SESSION '10,70");
}

export const statementsFile = "oracle-statements.sql";
/** No statement of ours has a line that is only this. */
export const betweenStatements = "\n--;;\n";

export function statementStories(harness: PlayedHarness): void {
  test("every statement stands in the snapshot, which the grammars read", async () => {
    const { sent, executed } = harness.server();
    const made = executed.filter((it) => !it.startsWith("DBMS_SCHEDULER"));
    const all = new Set([...sent.map(({ sql }) => sql), ...made].map(withoutChance));
    await expect([...all].sort().join(betweenStatements)).toMatchFileSnapshot(`./${statementsFile}`);
  });
}
