/** Application users: the next password comes beside the current one, whatever a run before has left. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { OracleConnection } from "../../../src/connect/oracle.ts";
import { oracleUsers } from "../../../src/engines/oracle-users.ts";
import { password } from "../../../src/verifiers/password.ts";
import { story } from "../conformance/story.ts";
import type { OracleHarness, OracleStage } from "../harness/oracle.ts";
import type { PlayedHarness } from "../harness/oracle-played.ts";

type Tell<Server> = (
  stage: OracleStage<Server>,
  works: (password: string) => Promise<boolean>,
) => Promise<void>;

/** With a user `shop_app` that has the password `first` and may have two. */
function told<Server>(harness: OracleHarness<Server>, title: string, tell: Tell<Server>): void {
  story(harness, title, async (stage) => {
    await stage.root('CREATE PROFILE "ROLLING" LIMIT PASSWORD_ROLLOVER_TIME 1');
    await stage.createLogin("shop_app", "first");
    await stage.root('ALTER USER "SHOP_APP" PROFILE "ROLLING"');
    await tell(stage, async (password) => {
      const session = await stage.login("shop_app", password).catch(() => undefined);
      await session?.close();
      return session !== undefined;
    });
    await stage.dropLogin("shop_app");
    await stage.root('DROP PROFILE "ROLLING"');
  });
}

async function add(
  stage: OracleStage,
  current: string,
  next: string,
  through: (connection: OracleConnection) => void = () => {},
): Promise<void> {
  const connection = await stage.door().open();
  through(connection);
  try {
    await oracleUsers.addPassword(connection, "shop_app", { current, next });
  } finally {
    await oracleUsers.close(connection);
  }
}

const lockedUser = {
  code: "USER_REFUSED",
  message: /locked/,
  next: expect.stringContaining("ALTER USER shop_app ACCOUNT UNLOCK"),
};

/** A server that dies in the middle of a block: what was committed stays. */
function dyingAfter(changes: number): (connection: OracleConnection) => void {
  return (connection) => {
    const { query } = connection;
    connection.query = (sql, binds) => query(sql, { ...binds, changes__: changes });
  };
}

export function rotationStories(harness: OracleHarness): void {
  told(
    harness,
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
      const connection = await stage.door().open();
      await oracleUsers.dropOldPassword(connection, "shop_app", "third");
      await oracleUsers.dropOldPassword(connection, "shop_app", "third");
      await connection.end();
      expect([await works("second"), await works("third")]).toEqual([false, true]);
    },
  );

  told(
    harness,
    "two calls at once: the second is told to wait, and nobody who is logged in can hold the lock up",
    async (stage) => {
      const [one, two] = [await stage.door().open(), await stage.door().open()];
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
    harness,
    "what the server has against a user or a password is told apart, with its mending",
    async (stage, works) => {
      const limit = (words: string) => stage.root(`ALTER PROFILE "ROLLING" LIMIT ${words}`);
      await stage.lock("shop_app");
      await expect(add(stage, "first", "second")).rejects.toMatchObject(lockedUser);
      await stage.root('ALTER USER "SHOP_APP" ACCOUNT UNLOCK');
      await stage.root('ALTER USER "SHOP_APP" PASSWORD EXPIRE');
      await limit("PASSWORD_VERIFY_FUNCTION ORA12C_STRONG_VERIFY_FUNCTION");
      await expect(add(stage, "first", "second")).rejects.toMatchObject({
        code: "USER_REFUSED",
        message: /verify function/,
      });
      const next = password(randomBytes);
      await add(stage, "first", next);
      expect([await works("first"), await works(next)]).toEqual([true, true]);
      await limit("PASSWORD_REUSE_MAX 5");
      await expect(add(stage, next, password(randomBytes))).rejects.toMatchObject({
        code: "USER_REFUSED",
        message: /no password twice/,
        next: expect.stringContaining("when the rollover is over"),
      });
      expect([await works("first"), await works(next)]).toEqual([true, true]);
    },
  );
}

/** What only the played server can be told to. */
export function playedRotationStories(harness: PlayedHarness): void {
  told(
    harness,
    "a run that died with another password, or dies between any two changes, never shuts the current one out",
    async (stage, works) => {
      await add(stage, "first", "died");
      for (const changes of [0, 1, 2, 3]) {
        await add(stage, "first", "second", dyingAfter(changes)).catch(() => {});
        expect(await works("first")).toBe(true);
      }
      expect([await works("died"), await works("second")]).toEqual([false, true]);
    },
  );

  told(harness, "a user that is locked for a time, or in a rollover, is locked", async (stage) => {
    for (const status of ["LOCKED(TIMED)", "EXPIRED & LOCKED & IN ROLLOVER"]) {
      stage.server.dictionary.change(
        "UPDATE DBA_USERS SET ACCOUNT_STATUS = ? WHERE USERNAME = 'SHOP_APP'",
        status,
      );
      await expect(add(stage, "first", "second")).rejects.toMatchObject(lockedUser);
    }
  });

  told(harness, "a profile, a version or a user that keeps one password is named", async (stage, works) => {
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
    const connection = await stage.door().open();
    await expect(
      oracleUsers.addPassword(connection, "nobody", { current: "first", next: "second" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await connection.end();
    expect([await works("first"), await works("second")]).toEqual([true, false]);
  });
}
