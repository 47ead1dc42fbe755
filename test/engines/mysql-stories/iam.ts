/** Users who log in by tokens. What AWS says of a token is played here; the journeys have the emulator's own judge. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { authPlugins } from "mysql2";
import { createConnection } from "mysql2/promise";
import { expect } from "vitest";
import { relayMysql } from "../../../cli/proxy/mysql-relay.ts";
import { clock, count, expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { MysqlHarness } from "../harness/mysql.ts";

/** `Secret-1` as both servers store it. */
const native = "mysql_native_password AS '*F1E12C3BD7A9234A6103FFE3108372F9E8EB0CA5'";

export function iamStories(harness: MysqlHarness): void {
  const { adapter } = harness;

  story(harness, "opens by its own token, over TLS, and by nothing else", async (stage) => {
    const [person, other] = [await granted(harness, stage), await granted(harness, stage)];
    const { username } = person.user;
    expect(await count(await person.login(), stage.orders)).toBe(3);
    for (const wrong of [other.password, `${person.password}0`, person.password.slice(1), "RDS", "x", ""]) {
      expect(await refusal(harness, stage.login(username, wrong))).toBe("no login");
    }
    expect(await refusal(harness, stage.loginInPlainText(username, person.password))).toBe("no login");
    await other.revoke();
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "a password in the token's place is seen, and ends with the grant", async (stage) => {
    const person = await granted(harness, stage);
    const { username } = person.user;
    const session = await person.login();
    const opens = async () =>
      (await refusal(harness, stage.login(username, "Secret-1"))) === "nothing refused";
    const byIam = async () => {
      const users = await adapter.list(stage.door(), [stage.reader.name]);
      return users.find((it) => it.username === username)?.byIam ?? false;
    };
    for (const statement of [
      "SET PASSWORD = 'Secret-1'",
      "SET PASSWORD = PASSWORD('Secret-1')",
      "ALTER USER USER() IDENTIFIED BY 'Secret-1'",
      `ALTER USER ${username} IDENTIFIED WITH ${native}`,
      `ALTER USER ${username} IDENTIFIED VIA mysql_native_password USING PASSWORD('Secret-1')`,
    ]) {
      await session.query(statement).catch(() => {});
      expect(await opens()).toBe(false);
    }
    // MySQL (8.0.15) lets an account choose for itself how it logs in; MariaDB knows no such words.
    const choose = `ALTER USER ${username} IDENTIFIED WITH mysql_native_password BY 'Secret-1'`;
    await session.query(choose).catch(() => {});
    expect(await opens()).toBe(harness.flavour === "mysql");
    expect(await byIam()).toBe(harness.flavour === "mariadb");
    await stage.admin(`ALTER USER ${username} IDENTIFIED WITH ${native}`);
    expect([await opens(), await byIam()]).toEqual([true, false]);
    await expectGone(stage, person, await person.revoke());
    expect(await opens()).toBe(false);
  });

  story(harness, "a login that AWS still thinks about is none after the revoke", async (stage) => {
    const person = await granted(harness, stage);
    const answer = harness.holdJudge();
    const login = person.login();
    const outcome = login.then((session) => session.query("SELECT 1")).catch(() => "refused");
    await answer.asked;
    const revoke = person.revoke();
    setTimeout(answer.sayYes, 500);
    await expectGone(stage, person, await revoke);
    await outcome;
    expect(
      await refusal(
        harness,
        login.then((session) => session.query("SELECT 1")),
      ),
    ).not.toBe("nothing refused");
    await expectGone(stage, person, await adapter.inspect(person.door, person.known, clock));
  });

  story(
    harness,
    "the proxy logs every kind of client in, whatever it says, and passes all on",
    async (stage) => {
      const person = await granted(harness, stage);
      const { server, database } = stage;
      const relays: Promise<void>[] = [];
      const target = { host: server.host, port: server.port, ca: server.ca, database };
      const proxy = createServer((client) => {
        const token = async () => person.password;
        relays.push(relayMysql(client, { ...target, username: person.user.username, token }));
      }).listen(0, "127.0.0.1");
      await once(proxy, "listening");
      // An AddressInfo: it listens on TCP.
      const { port } = proxy.address() as AddressInfo;
      const native = authPlugins.mysql_native_password({});
      for (const client of [
        { password: "any" },
        {},
        { password: "any", database, compress: true },
        // Answers the greeting in the older way, and is asked again.
        { password: "any", authPlugins: { caching_sha2_password: native, mysql_native_password: native } },
      ]) {
        const session = await createConnection({ host: "127.0.0.1", port, user: "anybody", ...client });
        const [rows] = await session.query(
          "SELECT CURRENT_USER() AS me, DATABASE() AS here, REPEAT('x', 1e6) AS much",
        );
        expect(rows).toEqual([{ me: `${person.user.username}@%`, here: database, much: "x".repeat(1e6) }]);
        await session.end();
      }
      proxy.close();
      await Promise.all(relays);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "an admin by IAM does all that one with a password does, and gives its token to nobody else",
    async (stage) => {
      await stage.createDeputy();
      await stage.root("ALTER USER deputy IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL");
      for (const role of ["jit_managed", stage.reader.name]) {
        await stage.admin(`GRANT ${role} TO deputy WITH ADMIN OPTION`);
      }
      const door = (grantId?: string) => stage.door(grantId, "deputy");
      expect((await adapter.doctor(door(), [stage.reader])).filter(({ ok }) => !ok)).toEqual([]);
      const person = await granted(harness, { ...stage, door });
      await (await person.login()).close();
      await expectGone(stage, person, await person.revoke());
      await stage.createDeputy();
      await expect(door().open()).rejects.toMatchObject({ code: "DATABASE_REFUSED" });
      await stage.dropLogin("deputy");
    },
  );
}
