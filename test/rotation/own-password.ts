/** Where no admin is configured, every user changes its own password: what holds then, whatever the engine. */
import { RDSClient } from "@aws-sdk/client-rds";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import type { Strategy } from "../../src/rotation.ts";
import { applyRotations } from "../../src/workflow/apply-rotations.ts";
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
        await given.recover(run, at % 2 === 0 ? "retried" : "cancelled");
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

/** A deploy that takes the admin away, of a rotation that had this strategy before. */
export async function adminStaysWhileOldWorks(world: RotationWorld, strategy: Strategy): Promise<void> {
  const given = await world.given(strategy);
  await given.rotate();
  const { id, secret, user, run } = await given.record();
  const { engine, host, port } = world.site;
  const config = readConfig(
    `databases: { shop: { engine: ${engine}, host: ${host}, port: ${port}, database: shop } }
rotations: { ${id}: { database: shop, secret: "${secret}", user: ${user}, schedule: rate(30 days) } }`,
    "dblease.yaml",
  );
  const deploy = () =>
    applyRotations({ table: world.table, rds: new RDSClient(), clock: () => new Date() }, config);
  await expect(deploy()).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
  expect((await given.record()).database.adminSecret).toBeDefined();
  await given.configure({ graceEnded: `${run}` });
  await deploy();
  expect((await given.record()).database.adminSecret).toBeUndefined();
}
