/** Application users: the next password comes beside the current one, whatever a run before has left. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { oracleUsers } from "../../../src/engines/oracle-users.ts";
import { password } from "../../../src/verifiers/password.ts";
import { story } from "../conformance/story.ts";
import { type OracleHarness, type OracleStage, playedDoor } from "../harness/oracle.ts";

export function rotationStories(harness: OracleHarness): void {
  const told = (
    title: string,
    tell: (stage: OracleStage, works: (password: string) => Promise<boolean>) => Promise<void>,
  ) =>
    story(harness, title, async (stage) => {
      const { dictionary } = stage.server;
      await stage.createLogin("shop_app", "first");
      dictionary.change("INSERT INTO DBA_PROFILES VALUES ('ROLLING', 'PASSWORD_ROLLOVER_TIME', '1')");
      dictionary.change("UPDATE DBA_USERS SET PROFILE = 'ROLLING' WHERE USERNAME = 'SHOP_APP'");
      await tell(stage, async (password) => {
        const session = await stage.login("shop_app", password).catch(() => undefined);
        await session?.close();
        return session !== undefined;
      });
      dictionary.change("DELETE FROM DBA_PROFILES WHERE PROFILE = 'ROLLING'");
      await stage.dropLogin("shop_app");
    });
  const admin = ({ server }: OracleStage) => playedDoor(server, "ORCLPDB").open();
  const add = async (stage: OracleStage, current: string, next: string, changes?: number) => {
    const connection = await admin(stage);
    const { query } = connection;
    if (changes !== undefined)
      connection.query = (sql, binds) => query(sql, { ...binds, changes__: changes });
    try {
      await oracleUsers.addPassword(connection, "shop_app", { current, next });
    } finally {
      await oracleUsers.close(connection);
    }
  };

  told(
    "a rotation adds the next password, and the run after it takes the older one's place",
    async (stage, works) => {
      await add(stage, "first", "second");
      expect([await works("first"), await works("second")]).toEqual([true, true]);
      // In the rollover of the run before; repeated, as Secrets Manager does.
      await add(stage, "second", "third");
      await add(stage, "second", "third");
      expect([await works("first"), await works("second"), await works("third")]).toEqual([
        false,
        true,
        true,
      ]);
      const connection = await admin(stage);
      await oracleUsers.dropOldPassword(connection, "shop_app", "third");
      await oracleUsers.dropOldPassword(connection, "shop_app", "third");
      await connection.end();
      expect([await works("second"), await works("third")]).toEqual([false, true]);
    },
  );

  told(
    "a run that died with another password, or dies between any two changes, never shuts the current one out",
    async (stage, works) => {
      await add(stage, "first", "died");
      for (const changes of [0, 1, 2, 3]) {
        await add(stage, "first", "second", changes).catch(() => {});
        expect(await works("first")).toBe(true);
      }
      expect([await works("died"), await works("second")]).toEqual([false, true]);
    },
  );

  told(
    "two calls at once: the second is told to wait, and nobody who is logged in can hold the lock up",
    async (stage) => {
      const [one, two] = [await admin(stage), await admin(stage)];
      const passwords = { current: "first", next: "second" };
      await oracleUsers.addPassword(one, "shop_app", passwords);
      await expect(oracleUsers.addPassword(two, "shop_app", passwords)).rejects.toMatchObject({
        code: "CONFLICT",
      });
      await oracleUsers.close(one);
      await oracleUsers.addPassword(two, "shop_app", passwords);
      await oracleUsers.close(two);
    },
  );

  told(
    "what the server has against a user or a password is told apart, with its mending",
    async (stage, works) => {
      const { dictionary } = stage.server;
      const status = (it: string) =>
        dictionary.change("UPDATE DBA_USERS SET ACCOUNT_STATUS = ? WHERE USERNAME = 'SHOP_APP'", it);
      const limit = (resource: string, it: string) =>
        dictionary.change("INSERT INTO DBA_PROFILES VALUES ('ROLLING', ?, ?)", resource, it);
      for (const locked of ["LOCKED", "LOCKED(TIMED)", "EXPIRED & LOCKED & IN ROLLOVER"]) {
        status(locked);
        await expect(add(stage, "first", "second")).rejects.toMatchObject({
          code: "USER_REFUSED",
          message: /locked/,
          next: expect.stringContaining("ALTER USER shop_app ACCOUNT UNLOCK"),
        });
      }
      status("EXPIRED");
      limit("PASSWORD_VERIFY_FUNCTION", "ORA12C_STRONG_VERIFY_FUNCTION");
      await expect(add(stage, "first", "second")).rejects.toMatchObject({
        code: "USER_REFUSED",
        message: /verify function/,
      });
      const next = password(randomBytes);
      await add(stage, "first", next);
      expect([await works("first"), await works(next)]).toEqual([true, true]);
      limit("PASSWORD_REUSE_MAX", "5");
      await expect(add(stage, next, password(randomBytes))).rejects.toMatchObject({
        code: "USER_REFUSED",
        message: /no password twice/,
        next: expect.stringContaining("when the rollover is over"),
      });
      expect([await works("first"), await works(next)]).toEqual([true, true]);
    },
  );

  told("a profile, a version or a user that keeps one password is named", async (stage, works) => {
    const { server } = stage;
    server.dictionary.change("UPDATE DBA_USERS SET PROFILE = 'DEFAULT' WHERE USERNAME = 'SHOP_APP'");
    await expect(add(stage, "first", "second")).rejects.toMatchObject({
      code: "USER_REFUSED",
      next: expect.stringContaining("PASSWORD_ROLLOVER_TIME"),
    });
    server.serverVersion = 1_911_000_000;
    await expect(add(stage, "first", "second")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: /19\.11/,
    });
    server.serverVersion = 1_926_000_000;
    const connection = await admin(stage);
    await expect(
      oracleUsers.addPassword(connection, "nobody", { current: "first", next: "second" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await connection.end();
    expect([await works("first"), await works("second")]).toEqual([true, false]);
  });
}
