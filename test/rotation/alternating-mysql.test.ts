/** Two logins on MySQL and MariaDB, as AWS's rotation functions keep them: either may do what the other may. */
import { readFileSync } from "node:fs";
import type { Connection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadbMissing } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing } from "../../local-stack/mysql-server.ts";
import { neverRefusedInTwentyRotations, worksWhereverARunDies } from "./no-login-refused.ts";
import { oldVersionEnds } from "./old-version-ends.ts";
import { mariadbSite, mysqlSite, type UserLogin } from "./sites.ts";
import { RotationWorld } from "./world.ts";

const sites = [
  { engine: "mariadb", missing: mariadbMissing, start: mariadbSite, longest: 80 },
  { engine: "mysql", missing: mysqlMissing, start: mysqlSite, longest: 32 },
] as const;

describe.each(sites)("$engine", ({ engine, missing, start, longest }) => {
  // A server that is missing here is a reason that the output shows.
  if (missing !== undefined) return test.skip(missing);

  let world: RotationWorld<Connection>;
  beforeAll(async () => {
    world = await RotationWorld.start(start);
    await world.site.root("CREATE DATABASE `sold TO ``x``@``%``, or not`");
    await world.site.root("CREATE DATABASE plain");
    await world.site.root("CREATE TABLE plain.goods (id INT, `a, ``b)`` ON` INT, secret INT)");
    await world.site.root("CREATE PROCEDURE plain.count_goods() SELECT COUNT(*) FROM plain.goods");
  });
  afterAll(() => world.stop());

  const admin = (...statements: string[]) => world.site.asAdmin(statements.join(";"));

  async function as(login: UserLogin, sql: string): Promise<unknown> {
    const client = await world.site.connect(login);
    try {
      return (await client.query(sql))[0];
    } finally {
      await client.end();
    }
  }

  /** All that the server says of an account, but for its name, its password and the order of columns. */
  async function shown(username: string, host = "%"): Promise<string[]> {
    const rows = [
      ...(await world.site.root(`SHOW GRANTS FOR '${username}'@'${host}'`)),
      ...(await world.site.root(`SHOW CREATE USER '${username}'@'${host}'`)),
    ];
    return rows
      .map((row) => `${Object.values(row)[0]}`)
      .map((it) => it.replaceAll(`\`${username}\`@`, "app@").replaceAll(`'${username}'@`, "app@"))
      .map((it) => (it.includes("SELECT (") ? [...it].sort().join("") : it))
      .map((it) => it.replace(/ IDENTIFIED .*'(?=[^']*$)/s, ""))
      .sort();
  }

  test("the two users take turns, and the one before works until the next run", async () => {
    const given = await world.given("alternating-users");
    const first = await given.current();
    await given.rotate();
    const second = await given.current();
    expect(second.username).toBe(`${first.username}_clone`);
    expect([await world.works(first), await world.works(second)]).toEqual([true, true]);
    world.calls = [];
    world.logins = 0;
    await given.rotate();
    expect(world.calls.filter((it) => it.includes("Secret")).length).toBeLessThanOrEqual(10);
    expect(world.logins).toBe(2);
    const third = await given.current();
    expect(third.text).toBe(first.text.replace(first.password, third.password));
    expect([await world.works(first), await world.works(second)]).toEqual([false, true]);
    expect((await given.record()).differences ?? []).toEqual([]);
  });

  test("an application that logs in all the time is never refused in 20 rotations", () =>
    neverRefusedInTwentyRotations(world, "alternating-users"));

  test("the version before ends when its time of grace is over", () =>
    oldVersionEnds(world, "alternating-users"));

  test("killed at every call, before it and after it: the application's login works all the time", () =>
    worksWhereverARunDies(world, "alternating-users", 14));

  test("rights of every kind, roles, limits and TLS become the second's, and follow the first's", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    const user = `'${username}'@'%'`;
    await admin(
      `GRANT SELECT, INSERT ON \`sold TO \`\`x\`\`@\`\`%\`\`, or not\`.* TO ${user} WITH GRANT OPTION`,
      `GRANT SELECT (id, \`a, \`\`b)\`\` ON\`), UPDATE ON plain.goods TO ${user}`,
      `GRANT EXECUTE ON PROCEDURE plain.count_goods TO ${user}`,
      `GRANT PROCESS ON *.* TO ${user}`,
      `CREATE ROLE ${username}_role`,
      `GRANT DELETE ON plain.goods TO ${username}_role`,
      `GRANT ${username}_role TO ${user}`,
      engine === "mysql"
        ? `ALTER USER ${user} DEFAULT ROLE ${username}_role`
        : `SET DEFAULT ROLE ${username}_role FOR ${user}`,
      `ALTER USER ${user} REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 9000 MAX_USER_CONNECTIONS 7`,
    );
    await given.rotate();
    const second = await given.current();
    const everything = await shown(username);
    expect(everything.length).toBeGreaterThan(5);
    expect(await shown(second.username)).toEqual(everything);
    expect(await as(second, "DELETE FROM plain.goods")).toMatchObject({ affectedRows: 0 });
    await admin(
      `ALTER USER ${user} REQUIRE NONE WITH MAX_USER_CONNECTIONS 0`,
      `GRANT INSERT ON plain.* TO ${user}`,
    );
    await given.rotate();
    await given.rotate();
    expect(await shown(second.username)).toEqual(await shown(username));
  });

  test("every host of the first has an account of the second; one more is reported", async () => {
    const given = await world.given("alternating-users");
    const { username, password } = await given.current();
    await admin(`CREATE USER '${username}'@'10.%' IDENTIFIED BY '${password}'`);
    await admin(`CREATE USER '${username}_clone'@'192.168.%' IDENTIFIED BY 'old'`);
    await given.rotate();
    const hosts = await world.site.root(
      `SELECT Host AS host FROM mysql.user WHERE User = '${username}_clone' ORDER BY Host`,
    );
    expect(hosts.map((it) => it.host)).toEqual(["%", "10.%", "192.168.%"]);
    const [difference, ...others] = (await given.record()).differences ?? [];
    expect(others).toEqual([]);
    await admin(`${difference?.repair}`);
    await given.rotate();
    await given.rotate();
    expect((await given.record()).differences).toEqual([]);
  });

  test("a pair as AWS's rotation functions leave it goes on", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    await admin(`GRANT SELECT, INSERT ON plain.* TO '${username}'@'%'`);
    await admin(`CREATE USER '${username}_clone'@'%' IDENTIFIED BY 'set-by-the-lambda'`);
    await admin(`GRANT SELECT ON plain.* TO '${username}_clone'@'%'`);
    await given.rotate();
    expect(await as(await given.current(), "INSERT INTO plain.goods (id) VALUES (1)")).toMatchObject({
      affectedRows: 1,
    });
  });

  test("a second user that may do more is refused with the statement that repairs it, and left as it is", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    const somebody = { username: `${username}_clone`, password: "somebody-else" };
    await admin(`CREATE USER '${somebody.username}'@'%' IDENTIFIED BY '${somebody.password}'`);
    await admin(`GRANT SELECT ON plain.goods TO '${somebody.username}'@'%'`);
    const refused = await given.rotate().catch((error) => error);
    expect(refused).toMatchObject({ code: "USER_REFUSED" });
    expect(await world.works(somebody)).toBe(true);
    const run = await given.begin().catch(() => undefined);
    expect(run).toBeUndefined();
    await admin(/REVOKE .*/.exec(refused.next)?.[0] ?? "");
    const [pending] = (await given.record()).run ? [(await given.record()).run] : [];
    await given.do(`${pending}`);
    expect((await given.current()).username).toBe(somebody.username);
    expect(await world.works(somebody)).toBe(false);
  });

  test("what the admin may not give fails the run before the application would have less", async () => {
    const given = await world.given("alternating-users");
    const { username } = await given.current();
    await world.site.root(`GRANT FILE ON *.* TO '${username}'@'%'`);
    const refused = await given.rotate().catch((error) => error);
    expect(refused).toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
    expect((await given.current()).username).toBe(username);
    expect(await world.works(await given.current())).toBe(true);
  });

  test("an admin is never alternated (dangers 14)", async () => {
    const { username, password } = world.site.admin;
    const text = JSON.stringify({ username, password });
    const given = await world.rotationOf(username, text, "alternating-users");
    await expect(given.rotate()).rejects.toMatchObject({ code: "USER_REFUSED" });
    expect(await world.site.root(`SELECT 1 FROM mysql.user WHERE User = '${username}_clone'`)).toEqual([]);
  });

  test("a name that is too long with the suffix is refused before anything is made", async () => {
    const username = "a".repeat(longest - 3);
    const text = JSON.stringify({ username, password: "x" });
    const given = await world.rotationOf(username, text, "alternating-users", "long");
    await expect(given.rotate()).rejects.toMatchObject({ code: "BAD_NAME" });
  });

  test("no password is in the server's log, and on MySQL no verifier either", async () => {
    await world.site.root("SET GLOBAL log_output = 'FILE', GLOBAL general_log = ON");
    const given = await world.given("alternating-users");
    await given.rotate();
    await given.rotate();
    const [file] = await world.site.root("SELECT @@general_log_file AS general");
    const path = `${file?.general}`;
    const log = readFileSync(path.startsWith("/") ? path : `${world.folder}/server/data/${path}`, "utf8");
    expect(log).toContain("ALTER USER");
    expect(log).not.toContain((await given.current()).password);
    const [{ verifier } = {}] = await world.site.root(
      `SELECT authentication_string AS verifier FROM mysql.user WHERE User = '${(await given.current()).username}'`,
    );
    if (engine === "mysql") expect(log).not.toContain(`${verifier}`);
  });
});
