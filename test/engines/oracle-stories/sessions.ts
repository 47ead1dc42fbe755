/** Sessions that do not go when they are told to, and servers on which they are told so otherwise. */
import { expect } from "vitest";
import { endSessions } from "../../../src/engines/oracle/end-sessions.ts";
import { expectGone, granted, inSeconds, newUser, refusal, story } from "../conformance/story.ts";
import type { PlayedHarness } from "../harness/oracle-played.ts";
import { connectionClosed, OraError } from "../played-oracle/ora-error.ts";

export function sessionStories(harness: PlayedHarness): void {
  const { adapter } = harness;

  story(harness, "a list of sessions is read as a whole before the first of them is ended", async (stage) => {
    const person = await granted(harness, stage);
    for (let n = 0; n < 5; n++) await person.login();
    const from = stage.server.sent.length;
    const receipt = await person.revoke();
    expect(receipt.sessionsEnded).toBe(5);
    const kinds = stage.server.sent
      .slice(from)
      .map(({ sql }) => (sql.includes("rdsadmin") ? "kill" : sql.slice(0, 6)));
    expect(kinds).toEqual([
      "DECLAR",
      "SELECT",
      "kill",
      "kill",
      "kill",
      "kill",
      "kill",
      "SELECT",
      "DECLAR",
      "SELECT",
    ]);
    await expectGone(stage, person, receipt);
  });

  story(harness, "locked is whoever any of the documented statuses calls so", async (stage) => {
    const person = await granted(harness, stage);
    const { dictionary } = stage.server;
    const name = person.user.username.toUpperCase();
    const listed = async () =>
      (await adapter.list(stage.door(), [])).find(({ username }) => username === person.user.username);
    for (const expired of ["", "EXPIRED", "EXPIRED(GRACE)"])
      for (const lock of ["", "LOCKED(TIMED)", "LOCKED"])
        for (const rollover of ["", "IN ROLLOVER"]) {
          const words = [expired, lock, rollover].filter((it) => it !== "");
          const status = [...(expired + lock === "" ? ["OPEN"] : []), ...words].join(" & ");
          dictionary.change("UPDATE DBA_USERS SET ACCOUNT_STATUS = ? WHERE USERNAME = ?", status, name);
          const open = lock !== "LOCKED";
          expect(await listed(), status).toMatchObject({ canLogin: open });
          const extended = adapter.extend(person.door, person.known, inSeconds(600));
          expect(await refusal(harness, extended), status).toBe(open ? "nothing refused" : "NOT_FOUND");
        }
    const from = stage.server.sent.length;
    dictionary.change("UPDATE DBA_USERS SET ACCOUNT_STATUS = 'OPEN & IN ROLLOVER' WHERE USERNAME = ?", name);
    await expectGone(stage, person, await person.revoke());
    expect(stage.server.executed).toContain(`ALTER USER "${name}" ACCOUNT LOCK`);
    expect(stage.server.sent.slice(from)).toHaveLength(4);
  });

  story(
    harness,
    "a password that was changed opens nothing more, whatever the server's own profile keeps",
    async (stage) => {
      const { server } = stage;
      server.dictionary.change("INSERT INTO DBA_PROFILES VALUES ('DEFAULT', 'PASSWORD_ROLLOVER_TIME', '1')");
      const person = await granted(harness, stage);
      const { verifier } = newUser(harness, stage);
      await adapter.changePassword(person.door, person.known, verifier);
      expect(await refusal(harness, person.login())).toBe("no login");
      await (await stage.login(person.user.username, verifier)).close();
      server.dictionary.change("DELETE FROM DBA_PROFILES WHERE RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME'");
      await expectGone(stage, person, await person.revoke());
      // A server that does not know the word is not asked for it.
      server.serverVersion = 1_911_000_000;
      const other = await granted(harness, stage);
      await expectGone(stage, other, await other.revoke());
      server.serverVersion = 1_926_000_000;
    },
  );

  story(harness, "where there is no RDS, sessions end by the admin's own right", async (stage) => {
    const { server } = stage;
    server.onRds = false;
    server.dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES ('ADMIN', 'ALTER SYSTEM', 'YES')");
    const person = await granted(harness, stage);
    const [quick, slow] = [await person.login(), await person.login()];
    const held = server.open().at(-1);
    if (held) held.grip = "marked for kill";
    const receipt = await person.revoke();
    server.onRds = true;
    server.dictionary.change("DELETE FROM DBA_SYS_PRIVS WHERE PRIVILEGE = 'ALTER SYSTEM'");
    await Promise.all([quick.ended, slow.ended]);
    expect(receipt.sessionsEnded).toBe(2);
    const ways = server.executed.filter((it) => it.startsWith("ALTER SYSTEM")).map((it) => it.split(" ")[2]);
    expect([...new Set(ways)].sort()).toEqual(["DISCONNECT", "KILL"]);
    await expectGone(stage, person, receipt);
  });

  story(harness, "in a cluster nobody here is taken for somebody there", async (stage) => {
    const { server } = stage;
    server.onRds = false;
    server.dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES ('ADMIN', 'ALTER SYSTEM', 'YES')");
    const bystander = await stage.login(stage.schema, "secret");
    const [here] = await stage.root(
      `SELECT SID, SERIAL# AS SERIAL FROM SYS.GV_$SESSION WHERE USERNAME = '${stage.schema}'`,
    );
    const there = { sid: Number(here?.sid), serial: Number(here?.serial), instance: 2 };
    const connection = await stage.door().open();
    await endSessions(connection, [{ ...there, program: "", kind: "session" }], "PROCESS");
    await connection.end();
    server.onRds = true;
    server.dictionary.change("DELETE FROM DBA_SYS_PRIVS WHERE PRIVILEGE = 'ALTER SYSTEM'");
    expect(server.executed.at(-1)).toBe(
      `ALTER SYSTEM KILL SESSION '${there.sid},${there.serial},@2' IMMEDIATE`,
    );
    expect(await bystander.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    await bystander.close();
  });

  story(harness, "an admin that may end nobody is told so, and the user stays locked", async (stage) => {
    stage.server.onRds = false;
    const person = await granted(harness, stage);
    const session = await person.login();
    await expect(person.revoke()).rejects.toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
    expect(await refusal(harness, person.login())).toBe("no login");
    stage.server.onRds = true;
    await expectGone(stage, person, await person.revoke());
    await session.ended;
  });

  story(
    harness,
    "a user that the server calls connected though it lists nobody is not called gone",
    async (stage) => {
      const person = await granted(harness, stage);
      let refused = 0;
      stage.server.before = async (statement) => {
        if (!statement.startsWith("DROP USER")) return;
        refused += 1;
        throw new OraError(1940, "cannot drop a user that is currently connected");
      };
      const receipt = await person.revoke();
      stage.server.before = async () => {};
      expect(refused).toBe(3);
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue).toEqual([{ kind: "user", where: stage.database, what: person.user.username }]);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "a socket that breaks in the middle of a revoke is an error, and the next one finishes",
    async (stage) => {
      for (const word of [
        "ALTER USER",
        "REVOKE",
        "SELECT 'user'",
        "rdsadmin",
        "DROP USER",
        "DBMS_SCHEDULER.DROP_JOB",
        "DROP PROFILE",
      ]) {
        const person = await granted(harness, stage);
        const session = await person.login();
        let broken = 0;
        stage.server.before = async (statement, admin) => {
          if (admin.user !== "ADMIN" || !statement.startsWith(word) || broken++ > 0) return;
          stage.server.close(admin);
          throw connectionClosed();
        };
        await expect(person.revoke(), word).rejects.toMatchObject({ code: "UNAVAILABLE" });
        stage.server.before = async () => {};
        await expectGone(stage, person, await person.revoke());
        await session.ended;
      }
    },
  );

  story(
    harness,
    "a fence that waits for a lock ends the sessions of the user first, and then fences",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      let open = true;
      void session.ended.then(() => {
        open = false;
      });
      stage.server.before = async (statement) => {
        if (statement.startsWith("ALTER USER") && statement.endsWith("ACCOUNT LOCK") && open) {
          throw new OraError(4021, "timeout occurred while waiting to lock object");
        }
      };
      const receipt = await person.revoke();
      stage.server.before = async () => {};
      await expectGone(stage, person, receipt);
    },
  );

  story(harness, "a database that is closed meanwhile is an error and no receipt", async (stage) => {
    const person = await granted(harness, stage);
    stage.server.before = async () => {
      throw new OraError(1109, "database not open");
    };
    for (const attempt of [
      () => person.revoke(),
      () => adapter.inspect(person.door, person.known, () => new Date()),
      () => adapter.list(person.door, []),
      () => adapter.prepare(person.door, [stage.reader]),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "UNAVAILABLE", message: /ORA-01109/ });
    }
    const [login] = await adapter.doctor(person.door, [stage.reader]);
    expect(login).toMatchObject({ id: "login", ok: false });
    stage.server.before = async () => {};
    await expectGone(stage, person, await person.revoke());
  });
}
