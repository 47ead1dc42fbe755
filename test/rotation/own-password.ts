/** Where no admin is configured, every user changes its own password: what holds then, whatever the engine. */
import { expect, test } from "vitest";
import type { Given, RotationWorld } from "./world.ts";

/** A rotation of a database without an admin. */
export async function alone(world: RotationWorld): Promise<Given> {
  const given = await world.given();
  const { adminSecret: _, ...database } = (await given.record()).database;
  await given.configure({ database });
  return given;
}

/** @param worldOf the world, once it has been started. */
export function ownPasswordStories(worldOf: () => RotationWorld): void {
  test("without an admin a user changes its own password, and no older one works", async () => {
    const world = worldOf();
    const given = await alone(world);
    const before = await given.current();
    world.logins = 0;
    await given.rotate();
    expect(world.logins).toBe(2);
    const after = await given.current();
    expect([await world.works(before), await world.works(after)]).toEqual([false, true]);
    await given.rotate();
    expect(await world.works(after)).toBe(false);
    expect(await world.works(await given.current())).toBe(true);
    expect(await given.record()).toMatchObject({ status: "succeeded" });
  });

  test("without an admin, killed at every call, before it and after it: the next run heals it", async () => {
    const world = worldOf();
    for (const when of ["before", "after"] as const) {
      for (let at = 1; ; at++) {
        const given = await alone(world);
        const run = await given.begin();
        if (!(await given.die(run, at, when))) {
          expect(at).toBeGreaterThan(10);
          break;
        }
        if (at % 2 === 0) await given.do(run);
        else {
          if ((await given.current()).versionId !== run) await given.cancel(run);
          await given.rotate();
        }
        expect([at, when, await world.works(await given.current())]).toEqual([at, when, true]);
      }
    }
  });

  test("without an admin a password that the secret never held is refused, and the secret stays", async () => {
    const world = worldOf();
    const given = await alone(world);
    const before = await given.current();
    await given.putCurrent(before.text.replace(before.password, "never-set-on-the-server"));
    await given.rotate();
    const healed = await given.current();
    expect(await world.works(healed)).toBe(true);
    const { username } = healed;
    await world.site.setPassword(username, "by-hand");
    await expect(given.rotate()).rejects.toMatchObject({
      code: "PASSWORD_REFUSED",
      next: "store in the secret what the server knows, or name databases.db.adminSecret",
    });
    expect(await given.current()).toEqual(healed);
    expect(await world.works({ username, password: "by-hand" })).toBe(true);
  });
}
