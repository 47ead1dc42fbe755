/** One login on PostgreSQL: the change is short, survives every death, heals, and shows nobody a password. */
import { readFileSync } from "node:fs";
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alone, ownPasswordStories } from "./own-password.ts";
import { probing } from "./prober.ts";
import { postgresSite } from "./sites.ts";
import { RotationWorld } from "./world.ts";

let world: RotationWorld<Client>;
beforeAll(async () => {
  world = await RotationWorld.start(postgresSite);
});
afterAll(() => world.stop());

const names = async (given: { events(): Promise<{ name: string }[]> }) =>
  (await given.events()).map((it) => it.name);

test("a rotation takes 9 API calls and 2 logins, none refused", async () => {
  const given = await world.given();
  const run = await given.begin();
  world.calls = [];
  world.logins = 0;
  await given.do(run);
  expect(world.calls.sort()).toEqual([
    "DescribeSecretCommand",
    "GetCommand",
    "GetSecretValueCommand",
    "GetSecretValueCommand",
    "GetSecretValueCommand",
    "PutSecretValueCommand",
    "TransactWriteCommand",
    "TransactWriteCommand",
    "UpdateSecretVersionStageCommand",
  ]);
  expect(world.logins).toBe(2);
  expect(await world.works(await given.current())).toBe(true);
  expect(await names(given)).toEqual(["RotationStarted", "RotationSucceeded"]);
});

test("an application that logs in all the time is refused for a moment of each of 20 rotations at most", async () => {
  const given = await world.given();
  const found = await probing(world, given, async () => {
    for (let count = 0; count < 20; count++) await given.rotate();
  });
  expect(found.tried).toBeGreaterThan(60);
  // A login that met the moment between the change and the label; how long that is, the benchmark measures.
  expect(found.refused).toBeLessThanOrEqual(40);
  expect(await world.works(await given.current())).toBe(true);
});

describe("killed at every call, before it and after it", () => {
  test.each(["retried", "cancelled"] as const)("%s: the application's login works again", async (how) => {
    for (const when of ["before", "after"] as const) {
      for (let at = 1; ; at++) {
        const given = await world.given();
        const run = await given.begin();
        if (!(await given.die(run, at, when))) {
          expect(at).toBeGreaterThan(12);
          break;
        }
        await given.recover(run, how);
        const current = await given.current();
        expect([at, when, await world.works(current)]).toEqual([at, when, true]);
        expect(await given.record()).toMatchObject({ status: "succeeded", run: current.versionId });
      }
    }
  });
});

test("every step twice, and two at a time, makes one rotation", async () => {
  const given = await world.given();
  const run = await given.begin();
  for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
    const both = await Promise.allSettled([given.do(run, name), given.do(run, name)]);
    // Who is second may find that the first has written; the step after that finds it done.
    expect(both.some((it) => it.status === "fulfilled")).toBe(true);
    await given.do(run, name);
  }
  expect((await given.current()).versionId).toBe(run);
  expect(await world.works(await given.current())).toBe(true);
  expect(await given.record()).toMatchObject({ status: "succeeded" });
});

ownPasswordStories(() => world);

describe("what is broken is healed, and told", () => {
  test("a password that somebody changed by hand", async () => {
    const given = await world.given();
    await world.site.setPassword((await given.current()).username, "by-hand");
    await given.rotate();
    expect(await world.works(await given.current())).toBe(true);
    expect(await names(given)).toEqual(["RotationStarted", "RotationHealed", "RotationSucceeded"]);
    expect((await given.events())[1]?.because).toContain("the admin has set the new one");
  });

  test("a run that failed before", async () => {
    const given = await world.given();
    const { username } = await given.current();
    await world.site.root(`ALTER ROLE ${username} NOLOGIN`);
    const run = await given.begin();
    await expect(given.do(run)).rejects.toMatchObject({ code: "PASSWORD_REFUSED" });
    expect(await given.record()).toMatchObject({
      status: "failed",
      failures: 1,
      failure: { step: "finishSecret", code: "PASSWORD_REFUSED" },
    });
    await world.site.root(`ALTER ROLE ${username} LOGIN`);
    await given.rotate();
    const record = await given.record();
    expect(record.failure).toBeUndefined();
    expect((await names(given)).slice(-2)).toEqual(["RotationHealed", "RotationSucceeded"]);
  });
});

describe("what is refused, before anything is changed", () => {
  const pendingWith = async (change: (value: Record<string, unknown>) => object) => {
    const given = await world.given();
    const before = await given.current();
    const run = await given.begin();
    await given.putPending(run, JSON.stringify(change(JSON.parse(before.text))));
    await expect(given.do(run)).rejects.toMatchObject({ code: "PENDING_REFUSED" });
    expect(await world.works(before)).toBe(true);
    expect((await given.current()).versionId).toBe(before.versionId);
  };

  test("a pending version that names another user", () =>
    pendingWith((value) => ({ ...value, username: "master" })));

  test("a pending version that names another host", () =>
    pendingWith((value) => ({ ...value, host: "db.example" })));

  test("a secret that names a user whom this rotation may not change", async () => {
    const given = await world.given();
    const victim = await world.given();
    const { username } = await victim.current();
    const value = { ...JSON.parse((await given.current()).text), username };
    await given.putCurrent(JSON.stringify(value));
    await expect(given.rotate()).rejects.toMatchObject({ code: "USER_REFUSED" });
    expect(await world.works(await victim.current())).toBe(true);
  });

  test("a second secret for one user", async () => {
    const given = await world.given();
    const { username, text } = await given.current();
    await given.rotate();
    const second = await world.rotationOf(username, text, "single-user");
    const run = await second.begin();
    await expect(second.do(run)).rejects.toMatchObject({ code: "LEASE_HELD" });
    expect(await world.works(await given.current())).toBe(true);
    await given.removeFromConfiguration();
    await second.putCurrent((await given.current()).text);
    await second.do(run);
    expect(await world.works(await second.current())).toBe(true);
    await expect(given.rotate()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("a refused password where the secret names another server", async () => {
    const given = await world.given("single-user", { host: "other.example" });
    await given.rotate();
    expect(await world.works(await given.current())).toBe(true);
    await world.site.setPassword((await given.current()).username, "by-hand");
    await expect(given.rotate()).rejects.toMatchObject({ code: "PASSWORD_REFUSED" });
  });

  test("a user that the admin may not alter, with the statement that repairs it", async () => {
    await world.site.root("CREATE ROLE foreign_app LOGIN PASSWORD 'unknown to the secret'");
    const { host, port } = world.site;
    const value = { host, port, username: "foreign_app", password: "wrong" };
    const given = await world.rotationOf("foreign_app", JSON.stringify(value), "single-user");
    const run = await given.begin();
    const refusal = await given.do(run).catch((error: { code: string; next: string }) => error);
    expect(refusal).toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
    await world.site.root(`${refusal?.next}`.replace(/^.*?: /, ""));
    await given.do(run);
    expect(await world.works(await given.current())).toBe(true);
  });

  test("a step of a run that Secrets Manager does not know", async () => {
    const given = await world.given();
    const before = await given.current();
    await expect(given.do("00000000-0000-4000-8000-000000000000")).rejects.toMatchObject({
      code: "WRONG_STATUS",
    });
    expect((await given.current()).versionId).toBe(before.versionId);
  });
});

test("no password and no key of a verifier is in the server's log, whatever it logs and whatever fails", async () => {
  await world.site.root("ALTER SYSTEM SET log_statement = 'all'");
  await world.site.root("ALTER SYSTEM SET log_min_duration_statement = 0");
  await world.site.root("ALTER SYSTEM SET log_error_verbosity = 'verbose'");
  await world.site.root("SELECT pg_reload_conf()");
  const given = await world.given();
  await given.rotate();
  const { username, password } = await given.current();
  const [role] = await world.site.root(`SELECT rolpassword FROM pg_authid WHERE rolname = '${username}'`);
  const keys = `${role?.rolpassword}`.split("$").at(-1)?.split(":") ?? [];
  const own = await alone(world);
  await own.rotate();
  // A password by hand makes the admin step in, which may not: the statement fails on the server.
  await world.site.root(`REVOKE ${username} FROM ${world.site.admin.username}`);
  await world.site.setPassword(username, "by-hand");
  const run = await given.begin();
  const failure = await given.do(run).catch((error: Error) => error);
  expect(failure).toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
  const pending = JSON.parse(await given.pending(run)) as { password: string };
  const ours = [
    JSON.stringify(failure),
    (failure as Error).stack,
    JSON.stringify(await given.record()),
  ].join();
  const log = readFileSync(world.site.logFile, "utf8");
  expect(log).toContain("ALTER ROLE %I PASSWORD %L");
  expect(log).toContain("the password was not changed");
  const hidden = [password, (await own.current()).password, pending.password, ...keys];
  expect(hidden).toHaveLength(5);
  expect(hidden.filter((it) => log.includes(it) || ours.includes(it))).toEqual([]);
  expect(log).not.toMatch(/SCRAM-SHA-256\$4096:[^$]+\$[\w+/]{43}=/);
});
