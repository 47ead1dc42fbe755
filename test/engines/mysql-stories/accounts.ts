/** An account is a name and a host: others of the name, renamed ones, anonymous ones, and what the account itself is. */
import { createConnection } from "mysql2/promise";
import { expect } from "vitest";
import type { Session } from "../conformance/harness.ts";
import { clock, count, expectGone, granted, newUser, refusal, story } from "../conformance/story.ts";
import type { MysqlHarness, MysqlStage } from "../harness/mysql.ts";

export function accountStories(harness: MysqlHarness): void {
  const { adapter } = harness;

  story(
    harness,
    "an account of the same name at another host is not touched, and is named",
    async (stage) => {
      const person = await granted(harness, stage);
      const { username } = person.user;
      await stage.root(`CREATE USER '${username}'@'10.1.2.3' IDENTIFIED BY 'theirs'`);
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeDefined();
      expect(receipt.residue).toEqual([
        expect.objectContaining({ kind: "user", what: expect.stringContaining(`${username}@10.1.2.3`) }),
      ]);
      expect(await refusal(harness, person.login())).toBe("no login");
      expect(await stage.root(`SELECT Host FROM mysql.user WHERE User = '${username}'`)).toEqual([
        { Host: "10.1.2.3" },
      ]);
      await stage.root(`DROP USER '${username}'@'10.1.2.3'`);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(harness, "an account that somebody renamed keeps its mark and is named", async (stage) => {
    const person = await granted(harness, stage);
    await stage.root(`RENAME USER '${person.user.username}'@'%' TO 'bob'@'%'`);
    const receipt = await person.revoke();
    expect(receipt.residue).toEqual([
      expect.objectContaining({
        kind: "user",
        what: expect.stringContaining("bob@%"),
        statement: "DROP USER 'bob'@'%'",
      }),
    ]);
    await stage.root("DROP USER 'bob'@'%'");
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "another account that carries the mark is named and not dropped", async (stage) => {
    const person = await granted(harness, stage);
    const [made] = await stage.root(`SHOW CREATE USER '${person.user.username}'@'%'`);
    const copied = String(Object.values(made ?? {})[0]).replace(person.user.username, "copycat");
    await stage.root(copied);
    const receipt = await person.revoke();
    expect(receipt.residue.map(({ what }) => what)).toEqual([expect.stringContaining("copycat@%")]);
    expect(await stage.root("SELECT User FROM mysql.user WHERE User = 'copycat'")).toEqual([
      { User: "copycat" },
    ]);
    await stage.dropLogin("copycat");
    await expectGone(stage, person, await person.revoke());
  });

  story(
    harness,
    "a user without TLS is not let in, and not more often at once than its limit",
    async (stage) => {
      const { user, secret } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      await adapter.grant(door, { ...user, connectionLimit: 2 });
      const plain = createConnection({
        host: stage.server.host,
        port: stage.server.port,
        user: user.username,
        password: secret,
      });
      expect(await refusal(harness, plain)).toBe("no login");
      const sessions = [await stage.login(user.username, secret), await stage.login(user.username, secret)];
      await expect(stage.login(user.username, secret)).rejects.toMatchObject({ errno: 1226 });
      const receipt = await adapter.revoke(door, user, clock);
      await Promise.all(sessions.map(({ ended }) => ended));
      expect(receipt.sessionsEnded).toBe(2);
      await expectGone(stage, { known: user }, receipt);
    },
  );

  story(harness, "what the server stores is the verifier, and it is no password", async (stage) => {
    const person = await granted(harness, stage);
    const { username, verifier = "" } = person.user;
    expect(
      await stage.root(
        `SELECT plugin, authentication_string AS kept FROM mysql.user WHERE User = '${username}'`,
      ),
    ).toEqual([
      {
        plugin: harness.flavour === "mysql" ? "caching_sha2_password" : "mysql_native_password",
        kept: verifier,
      },
    ]);
    for (const wrong of [verifier, verifier.slice(1), "", username]) {
      expect(await refusal(harness, stage.login(username, wrong))).toBe("no login");
    }
    await (await person.login()).close();
    await expectGone(stage, person, await person.revoke());
  });

  /** An account without a name; from its host it stands in front of every account that may come from anywhere. */
  async function withAnonymous(stage: MysqlStage, host: string, work: () => Promise<void>): Promise<void> {
    await stage.root(`CREATE USER ''@'${host}'`);
    await work().finally(() => stage.root(`DROP USER IF EXISTS ''@'${host}'`));
  }

  story(
    harness,
    "anonymous accounts that stand in front of ours are seen by doctor, and its repair helps",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createDeputy();
      // Without FLUSH both servers go on sorting it in as an account of any host.
      await stage.root("RENAME USER deputy@'%' TO deputy@'127.0.0.1'; FLUSH PRIVILEGES");
      await withAnonymous(stage, "127.0.0.1", async () => {
        expect(await refusal(harness, person.login())).toBe("no login");
        const anonymous = async () =>
          (await adapter.doctor(stage.door(undefined, "deputy"), [stage.reader])).find(
            ({ id }) => id === "anonymous",
          );
        const failed = await anonymous();
        expect(failed).toMatchObject({ ok: false });
        await stage.root(failed?.repair ?? "");
        expect(await anonymous()).toMatchObject({ ok: true });
      });
      expect(await count(await person.login(), stage.orders)).toBe(3);
      await expectGone(stage, person, await person.revoke());
      await stage.root("DROP USER deputy@'127.0.0.1'");
    },
  );

  story(harness, "an anonymous account in front of our admin makes errors and no receipt", async (stage) => {
    const person = await granted(harness, stage);
    await withAnonymous(stage, "127.0.0.1", async () => {
      await expect(person.revoke()).rejects.toMatchObject({ code: "DATABASE_REFUSED" });
      const [login] = await adapter.doctor(stage.door(), [stage.reader]);
      expect(login).toMatchObject({ id: "login", ok: false });
    });
    await expectGone(stage, person, await person.revoke());
  });

  story(
    harness,
    "an anonymous session under the name of a user counts as that user's until it is gone",
    async (stage) => {
      const person = await granted(harness, stage);
      let session: Session | undefined;
      await withAnonymous(stage, "127.0.0.1", async () => {
        session = await stage.login(person.user.username, "", stage.common);
      });
      const receipt = await person.revoke();
      await session?.ended;
      expect(receipt.sessionsEnded).toBe(1);
      await expectGone(stage, person, receipt);
    },
  );
}
