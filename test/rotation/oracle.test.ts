/** One login on Oracle, which keeps two passwords for a time: the steps against the played server. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { playedOracleSite } from "./played-oracle-site.ts";
import { twoPasswordStories } from "./two-passwords.ts";
import { RotationWorld } from "./world.ts";

let world: RotationWorld;
beforeAll(async () => {
  world = await RotationWorld.start<unknown>(playedOracleSite);
});
afterAll(() => world.stop());

twoPasswordStories(() => world);

test("a locked user is refused before anything changes, with the statement that opens it, and the next try succeeds", async () => {
  const given = await world.given();
  const before = await given.current();
  await world.site.asAdmin(`ALTER USER ${before.username} ACCOUNT LOCK`);
  const run = await given.begin();
  await expect(given.do(run)).rejects.toMatchObject({
    code: "USER_REFUSED",
    next: expect.stringContaining(`ALTER USER ${before.username} ACCOUNT UNLOCK`),
  });
  await world.site.asAdmin(`ALTER USER ${before.username} ACCOUNT UNLOCK`);
  expect(await world.works(before)).toBe(true);
  await given.do(run);
  expect([await world.works(before), await world.works(await given.current())]).toEqual([true, true]);
});
