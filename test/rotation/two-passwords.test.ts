/** One login on MySQL and MariaDB: two passwords work at once, so that no login is ever refused. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadbMissing } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing } from "../../local-stack/mysql-server.ts";
import { adminStaysWhileOldWorks, alone, ownPasswordStories } from "./own-password.ts";
import { mariadbSite, mysqlSite } from "./sites.ts";
import { twoPasswordStories } from "./two-passwords.ts";
import { RotationWorld } from "./world.ts";

const sites = [
  { engine: "mariadb", missing: mariadbMissing, start: mariadbSite },
  { engine: "mysql", missing: mysqlMissing, start: mysqlSite },
] as const;

describe.each(sites)("$engine", ({ engine, missing, start }) => {
  // A server that is missing here is a reason that the output shows.
  if (missing !== undefined) return test.skip(missing);

  let world: RotationWorld;
  beforeAll(async () => {
    world = await RotationWorld.start<unknown>(start);
  });
  afterAll(() => world.stop());

  twoPasswordStories(() => world);

  test("whoever has the current password cannot keep it alive by a lock of their own", async () => {
    const given = await world.given();
    const { username, password } = await given.current();
    const thief = (await world.site.connect({ username, password })) as {
      query(sql: string): Promise<unknown>;
    };
    for (const name of [username, `dblease:${username}`, "dblease"]) {
      await thief.query(`SELECT GET_LOCK('${name}', 0)`);
    }
    await given.rotate();
    await given.rotate();
    expect(await world.works({ username, password })).toBe(false);
    await world.site.close(thief);
  });

  ownPasswordStories(() => world);

  test("the admin is not taken away while the password before still works", () =>
    adminStaysWhileOldWorks(world, "single-user"));

  // MySQL does not let an account see, or end, its older password; the deploy refuses to take the admin away before.
  if (engine === "mariadb") {
    test("without an admin an account with a second way to log in is refused, and keeps both", async () => {
      const given = await alone(world);
      const before = await given.current();
      const { username } = before;
      await world.site.root(`ALTER USER '${username}'@'%' IDENTIFIED VIA
        mysql_native_password USING PASSWORD('${before.password}') OR mysql_native_password USING PASSWORD('older')`);
      const run = await given.begin();
      const failure = await given.do(run).catch((error: Error) => error);
      expect(failure).toMatchObject({ code: "USER_REFUSED" });
      expect(JSON.stringify(failure)).not.toContain("*");
      expect(await world.works(before)).toBe(true);
      expect(await world.works({ username, password: "older" })).toBe(true);
    });
  }

  test("all accounts of the user change, whatever their host, and keep their way to log in", async () => {
    const given = await world.given();
    const { username, password } = await given.current();
    await world.site.asAdmin(`CREATE USER '${username}'@'10.%' IDENTIFIED BY '${password}'`);
    const plugins = () =>
      world.site.root(`SELECT host, plugin FROM mysql.user WHERE user = '${username}' ORDER BY host`);
    const hashes = async () =>
      (
        await world.site.root(
          `SELECT authentication_string AS it FROM mysql.user WHERE user = '${username}' ORDER BY host`,
        )
      ).map((row) => String(row.it));
    const before = [await plugins(), await hashes()];
    await given.rotate();
    expect(await plugins()).toEqual(before[0]);
    for (const hash of await hashes()) expect(before[1]).not.toContain(hash);
  });

  test("a user that is not there, and one that a forged pending version names", async () => {
    const value = JSON.stringify({ username: "nobody_here", password: "x" });
    const missingUser = await world.rotationOf("nobody_here", value, "single-user");
    await expect(missingUser.rotate()).rejects.toMatchObject({ code: "NOT_FOUND" });
    const given = await world.given();
    const before = await given.current();
    const run = await given.begin();
    await given.putPending(run, before.text.replace(before.username, world.site.admin.username));
    await expect(given.do(run)).rejects.toMatchObject({ code: "PENDING_REFUSED" });
    expect(await world.works(world.site.admin)).toBe(true);
  });

  test("no password is in the server's log, whatever it logs and whatever fails", async () => {
    await world.site.root(
      "SET GLOBAL log_output = 'FILE,TABLE', GLOBAL general_log = ON, GLOBAL slow_query_log = ON, GLOBAL long_query_time = 0",
    );
    const given = await world.given();
    await given.rotate();
    const hidden = [(await given.current()).password];
    await given.rotate();
    hidden.push((await given.current()).password);
    const own = await alone(world);
    await own.rotate();
    hidden.push((await own.current()).password);
    // An admin who may read and not alter: the statements themselves fail on the server.
    const reader = { username: "reader", password: "of-the-test" };
    await world.site.makeUser(reader.username, reader.password);
    await world.site.root("GRANT SELECT ON mysql.* TO 'reader'@'%'");
    await given.administeredBy(reader);
    const run = await given.begin();
    const failure = await given.do(run).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
    hidden.push(JSON.parse(await given.pending(run)).password);
    const [files] = await world.site.root(
      "SELECT @@general_log_file AS general, @@slow_query_log_file AS slow",
    );
    const logs = [`${files?.general}`, `${files?.slow}`].map((file) =>
      readFileSync(file.startsWith("/") ? file : `${world.folder}/server/data/${file}`, "utf8"),
    );
    expect(logs.join()).toContain("ALTER USER");
    const ours = [JSON.stringify(failure), (failure as Error).stack, JSON.stringify(await given.record())];
    for (const text of [...logs, ...ours]) expect(hidden.filter((it) => text?.includes(it))).toEqual([]);
  });
});
