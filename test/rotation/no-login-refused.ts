/** What strategies promise under which the application's login works at every moment. */
import { expect } from "vitest";
import type { Strategy } from "../../src/rotation.ts";
import { probing } from "./prober.ts";
import type { RotationWorld } from "./world.ts";

export async function neverRefusedInTwentyRotations(world: RotationWorld, strategy: Strategy): Promise<void> {
  const given = await world.given(strategy);
  const found = await probing(world, given, async () => {
    for (let count = 0; count < 20; count++) await given.rotate();
  });
  expect(found.tried).toBeGreaterThan(60);
  expect(found.refused).toBe(0);
}

/** Ends each of the runs that died by a retry or by a new run. @param fewest calls that a run must make at least */
export async function worksWhereverARunDies(
  world: RotationWorld,
  strategy: Strategy,
  fewest: number,
): Promise<void> {
  for (const when of ["before", "after"] as const) {
    for (let at = 1; ; at++) {
      const given = await world.given(strategy);
      const run = await given.begin();
      const died = await given.die(run, at, when);
      expect([at, when, await world.works(await given.current())]).toEqual([at, when, true]);
      if (!died) {
        expect(at).toBeGreaterThan(fewest);
        break;
      }
      await given.recover(run, at % 2 === 0 ? "retried" : "cancelled");
      expect([at, when, await world.works(await given.current())]).toEqual([at, when, true]);
    }
  }
}
