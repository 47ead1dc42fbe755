/** What holds wherever one login has two passwords at a time, whatever the engine. */
import { expect, test } from "vitest";
import { neverRefusedInTwentyRotations, worksWhereverARunDies } from "./no-login-refused.ts";
import { oldVersionEnds } from "./old-version-ends.ts";
import type { RotationWorld } from "./world.ts";

/** @param worldOf the world, once it has been started. */
export function twoPasswordStories(worldOf: () => RotationWorld): void {
  test("a rotation takes 9 calls to Secrets Manager and 2 logins, none refused; the version before works on", async () => {
    const world = worldOf();
    const given = await world.given();
    const before = await given.current();
    const run = await given.begin();
    world.calls = [];
    world.logins = 0;
    await given.do(run);
    expect(world.calls.filter((it) => it.includes("Secret"))).toHaveLength(9);
    expect(world.calls).toHaveLength(12);
    expect(world.logins).toBe(2);
    const after = await given.current();
    expect(after.text).toBe(before.text.replace(before.password, after.password));
    expect([await world.works(before), await world.works(after)]).toEqual([true, true]);
    expect((await given.events()).map((it) => it.name)).toEqual(["RotationStarted", "RotationSucceeded"]);
    await given.rotate();
    expect([await world.works(before), await world.works(after)]).toEqual([false, true]);
    expect(await world.works(await given.current())).toBe(true);
  });

  test("an application that logs in all the time is never refused in 20 rotations", () =>
    neverRefusedInTwentyRotations(worldOf(), "single-user"));

  test("the version before ends when its time of grace is over", () =>
    oldVersionEnds(worldOf(), "single-user"));

  test("killed at every call, before it and after it: the application's login works all the time", () =>
    worksWhereverARunDies(worldOf(), "single-user", 14));

  test("every step twice, and two at a time, makes one rotation", async () => {
    const world = worldOf();
    const given = await world.given();
    const run = await given.begin();
    await given.do(run, "createSecret");
    for (let round = 0; round < 20; round++) {
      await Promise.allSettled([1, 2, 3].map(() => given.do(run, "setSecret")));
      expect([round, await world.works(await given.current())]).toEqual([round, true]);
    }
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
      const both = await Promise.allSettled([given.do(run, name), given.do(run, name)]);
      expect(both.some((it) => it.status === "fulfilled")).toBe(true);
      expect(await world.works(await given.current())).toBe(true);
      await given.do(run, name);
    }
    expect((await given.current()).versionId).toBe(run);
    expect(await world.works(await given.current())).toBe(true);
  });

  test("a password that somebody changed by hand is the secret's again", async () => {
    const world = worldOf();
    const given = await world.given();
    const { username } = await given.current();
    await world.site.setPassword(username, "by-hand");
    await given.rotate();
    expect(await world.works(await given.current())).toBe(true);
    expect(await world.works({ username, password: "by-hand" })).toBe(false);
  });
}
