/** Two logins on PostgreSQL: the application's works at every moment, and what either makes belongs to both. */
import type { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { neverRefusedInTwentyRotations, worksWhereverARunDies } from "./no-login-refused.ts";
import { oldVersionEnds } from "./old-version-ends.ts";
import { adminStaysWhileOldWorks } from "./own-password.ts";
import { postgresSite, type UserLogin } from "./sites.ts";
import { type Given, RotationWorld } from "./world.ts";

let world: RotationWorld<Client>;
beforeAll(async () => {
  world = await RotationWorld.start(postgresSite);
  await world.site.root("GRANT CREATE ON SCHEMA public TO PUBLIC");
});
afterAll(() => world.stop());

async function as(login: UserLogin, sql: string): Promise<Record<string, unknown>[]> {
  const client = await world.site.connect(login);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const sentences = async (given: Given) => ((await given.record()).differences ?? []).map((it) => it.sentence);

test("the two users take turns; each acts as the first, and what either makes belongs to both", async () => {
  const given = await world.given("alternating-users");
  const first = await given.current();
  await as(first, `CREATE TABLE made_by_first_${first.username} (id int)`);
  await given.rotate();
  const second = await given.current();
  expect(second.username).toBe(`${first.username}_clone`);
  expect(await world.works(first)).toBe(true);
  await as(second, `CREATE TABLE made_by_second_${first.username} (id int)`);
  await as(second, `INSERT INTO made_by_first_${first.username} VALUES (1)`);
  await given.rotate();
  const third = await given.current();
  expect(third.username).toBe(first.username);
  expect(third.text).toBe(first.text.replace(first.password, third.password));
  await as(third, `DROP TABLE made_by_first_${first.username}, made_by_second_${first.username}`);
  expect(await as(second, "SELECT session_user, current_user")).toEqual([
    { session_user: second.username, current_user: first.username },
  ]);
  expect(await sentences(given)).toEqual([]);
});

test("an application that logs in all the time is never refused in 20 rotations", () =>
  neverRefusedInTwentyRotations(world, "alternating-users"));

test("the version before ends when its time of grace is over", () =>
  oldVersionEnds(world, "alternating-users"));

test("killed at every call, before it and after it: the application's login works all the time", () =>
  worksWhereverARunDies(world, "alternating-users", 18));

describe("limits and settings of the first user are the second's", () => {
  test("they are copied, changed and taken away", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    const limits = (name: string) =>
      world.site.root(`SELECT rolconnlimit, rolvaliduntil FROM pg_roles WHERE rolname = '${name}'`);
    const settings = async (name: string) =>
      (
        await world.site.root(`SELECT unnest(setconfig) AS it FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
          WHERE rolname = '${name}' ORDER BY 1`)
      ).map((row) => row.it);
    await world.site.asAdmin(`ALTER ROLE ${username} CONNECTION LIMIT 7 VALID UNTIL '2099-01-01'`);
    await world.site.asAdmin(`ALTER ROLE ${username} SET search_path TO "odd "";name", public, "$user"`);
    await world.site.asAdmin(`ALTER ROLE ${username} IN DATABASE postgres SET work_mem TO '8MB'`);
    await world.site.asAdmin(`ALTER ROLE ${username} SET application_name TO 'it''s; DROP ROLE x'`);
    await given.rotate();
    const second = `${username}_clone`;
    expect(await limits(second)).toEqual(await limits(username));
    expect(await settings(second)).toEqual([...(await settings(username)), `role=${username}`].sort());
    await world.site.asAdmin(`ALTER ROLE ${username} RESET application_name`);
    await world.site.asAdmin(`ALTER ROLE ${username} CONNECTION LIMIT -1 VALID UNTIL 'infinity'`);
    await given.rotate();
    expect(await limits(second)).toEqual(await limits(username));
    expect(await settings(second)).toEqual([...(await settings(username)), `role=${username}`].sort());
  });

  test("what only a superuser may copy is reported with the statement", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    await world.site.root(`ALTER ROLE ${username} SET my.tenant TO '7'`);
    await given.rotate();
    expect((await given.record()).differences).toEqual([
      {
        sentence: "the admin may not copy a setting of the first user",
        repair: `ALTER ROLE "${username}_clone" SET "my"."tenant" TO '7'`,
      },
    ]);
  });

  test("a pair that acts as an owner role stays one", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    await world.site.asAdmin(`CREATE ROLE ${username}_owner NOLOGIN`);
    await world.site.asAdmin(`GRANT ${username}_owner TO ${username}`);
    await world.site.asAdmin(`ALTER ROLE ${username} SET role TO ${username}_owner`);
    await given.rotate();
    expect(await as(await given.current(), "SELECT current_user")).toEqual([
      { current_user: `${username}_owner` },
    ]);
  });
});

describe("a pair as AWS's rotation functions leave it", () => {
  test("goes on; what the second user owns alone is reported, and after its repair both act as the first", async () => {
    const given = await world.given("alternating-users");
    const first = await given.current();
    const second = { username: `${first.username}_clone`, password: "set-by-the-lambda" };
    await world.site.asAdmin(`CREATE ROLE ${second.username} LOGIN PASSWORD '${second.password}'`);
    await world.site.asAdmin(`GRANT ${first.username} TO ${second.username}`);
    await as(second, `CREATE TABLE locked_away_${first.username} (id int)`);
    await given.rotate();
    const rotated = await given.current();
    expect(await as(rotated, `SELECT count(*) FROM locked_away_${first.username}`)).toEqual([{ count: "0" }]);
    expect(await sentences(given)).toEqual([
      `${second.username} owns objects of its own in database "postgres"`,
    ]);
    const [difference] = (await given.record()).differences ?? [];
    await world.site.root(`${difference?.repair}`);
    await given.rotate();
    expect(await sentences(given)).toEqual([]);
    await given.rotate();
    expect(await as(await given.current(), "SELECT current_user")).toEqual([
      { current_user: first.username },
    ]);
  });

  test("a user of the second's name that is not the pair's is left alone", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    await world.site.asAdmin(`CREATE ROLE ${username}_clone LOGIN PASSWORD 'somebody-else'`);
    await expect(given.rotate()).rejects.toMatchObject({ code: "USER_REFUSED" });
    expect(await world.works({ username: `${username}_clone`, password: "somebody-else" })).toBe(true);
  });
});

test("an admin is never alternated (dangers 14)", async () => {
  const { username, password } = world.site.admin;
  const given = await world.rotationOf(username, JSON.stringify({ username, password }), "alternating-users");
  await expect(given.rotate()).rejects.toMatchObject({ code: "USER_REFUSED" });
  expect(await world.site.root(`SELECT 1 FROM pg_roles WHERE rolname = '${username}_clone'`)).toEqual([]);
});

test("a name that is too long with the suffix is refused before anything is made", async () => {
  const username = "a".repeat(60);
  const given = await world.rotationOf(
    username,
    JSON.stringify({ username, password: "x" }),
    "alternating-users",
    "long",
  );
  await expect(given.rotate()).rejects.toMatchObject({ code: "BAD_NAME" });
});

test("a password that somebody changed by hand is healed at the next turn", async () => {
  const given = await world.given("alternating-users");
  await world.site.root(`ALTER ROLE ${(await given.current()).username} PASSWORD 'by-hand'`);
  await given.rotate();
  expect(await world.works(await given.current())).toBe(true);
});

test("the admin is not taken away while the other login still works", () =>
  adminStaysWhileOldWorks(world, "alternating-users"));
