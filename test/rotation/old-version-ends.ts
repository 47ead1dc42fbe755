/** What is promised wherever the version before works on after a run. */
import { expect } from "vitest";
import type { Strategy } from "../../src/rotation.ts";
import type { RotationWorld } from "./world.ts";

/** Its password ends when its time of grace is over, and nothing that happens meanwhile locks the application out. */
export async function oldVersionEnds(world: RotationWorld, strategy: Strategy): Promise<void> {
  const given = await world.given(strategy);
  await given.rotate();
  const before = await given.current();
  const run = await given.rotate();
  await given.do(run, "endGrace");
  expect(await world.works(before)).toBe(true);

  await given.configure({ graceSeconds: 0 });
  for (let at = 1; await given.die(run, at, at % 2 === 0 ? "before" : "after", "endGrace"); at++) {
    expect([at, await world.works(await given.current())]).toEqual([at, true]);
    // What it held is free after a minute.
    await given.configure({ heldUntil: undefined });
  }
  expect([await world.works(before), await world.works(await given.current())]).toEqual([false, true]);

  // Not of a run that is no longer the newest: its password is the older one of two that work.
  const between = await given.current();
  const next = await given.rotate();
  await given.do(run, "endGrace");
  expect([await world.works(between), await world.works(await given.current())]).toEqual([true, true]);

  // While an old password is being dropped no run begins, and that is no failure of anybody.
  await given.configure({ heldUntil: new Date(Date.now() + 60_000).toISOString() });
  const held = await given.begin();
  await expect(given.do(held)).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await given.events()).map((it) => it.name)).not.toContain("RotationFailed");
  await given.configure({ heldUntil: undefined });
  await given.do(held);
  expect(held).not.toBe(next);
  expect(await world.works(await given.current())).toBe(true);
}
