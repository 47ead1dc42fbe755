/** Sessions that do not go when they are told to, and servers on which they are told so otherwise. */
import { expect } from "vitest";
import { expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { OracleHarness } from "../harness/oracle.ts";
import { connectionClosed, OraError } from "../played-oracle/ora-error.ts";

export function sessionStories(harness: OracleHarness): void {
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
