/** What a user leaves behind: nothing is moved, nothing is destroyed, and whoever owns anything waits for a person. */
import { expect } from "vitest";
import { clock, expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { PlayedHarness } from "../harness/oracle-played.ts";

export function leftoverStories(harness: PlayedHarness): void {
  const { adapter } = harness;

  story(
    harness,
    "whoever owns anything is locked, without rights, and named with the statements",
    async (stage) => {
      const { dictionary } = stage.server;
      const person = await granted(harness, stage);
      const name = person.user.username.toUpperCase();
      for (const [object, type, status] of [
        ["COPY", "TABLE", "VALID"],
        ["COPY_PK", "INDEX", "VALID"],
        ["PEEK", "VIEW", "INVALID"],
        ["RUN", "PROCEDURE", "VALID"],
        ["NIGHTLY", "JOB", "VALID"],
        ["FAR", "DATABASE LINK", "VALID"],
        ["KEY", "CREDENTIAL", "VALID"],
        ["STEPS", "CHAIN", "VALID"],
      ]) {
        dictionary.change(
          "INSERT INTO DBA_OBJECTS VALUES (?, ?, ?, ?)",
          name,
          `${object}`,
          `${type}`,
          `${status}`,
        );
      }
      dictionary.change(
        "INSERT INTO DBA_SCHEDULER_JOBS VALUES (?, 'NIGHTLY', 'x', '2099', NULL, 'SCHEDULED', 0)",
        name,
      );
      dictionary.change(
        "INSERT INTO DBA_TAB_PRIVS VALUES ('COLLEAGUE', ?, 'COPY', ?, 'SELECT', 'TABLE')",
        name,
        name,
      );
      const session = await person.login();
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, objects: 8 });
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ kind, what, statement }) => `${kind}: ${what}: ${statement}`)).toEqual([
        `object: table "${name}"."COPY", open to COLLEAGUE: DROP TABLE "${name}"."COPY"`,
        `object: index "${name}"."COPY_PK": DROP INDEX "${name}"."COPY_PK"`,
        `executable: view "${name}"."PEEK", invalid: DROP VIEW "${name}"."PEEK"`,
        `executable: procedure "${name}"."RUN": DROP PROCEDURE "${name}"."RUN"`,
        `executable: job "${name}"."NIGHTLY": BEGIN DBMS_SCHEDULER.DROP_JOB('"${name}"."NIGHTLY"', TRUE); END;`,
        `executable: database link "${name}"."FAR": undefined`,
        `executable: credential "${name}"."KEY": BEGIN DBMS_CREDENTIAL.DROP_CREDENTIAL('"${name}"."KEY"', TRUE); END;`,
        `executable: chain "${name}"."STEPS": undefined`,
        `user: ${person.user.username}: undefined`,
      ]);
      // A locked user's jobs would run on.
      expect(dictionary.rows("SELECT STATE FROM DBA_SCHEDULER_JOBS WHERE OWNER = ?", name)).toEqual([
        { STATE: "DISABLED" },
      ]);
      expect(await refusal(harness, person.login())).toBe("no login");
      expect(
        stage.server.executed.filter((it) => it.includes("CASCADE") || it.startsWith(`DROP USER "${name}"`)),
      ).toEqual([]);
      dictionary.change("DELETE FROM DBA_OBJECTS WHERE OWNER = ?", name);
      dictionary.change("DELETE FROM DBA_SCHEDULER_JOBS WHERE OWNER = ?", name);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "an object that appears just before the drop is not destroyed with its owner",
    async (stage) => {
      const person = await granted(harness, stage);
      const name = person.user.username.toUpperCase();
      stage.server.before = async (statement) => {
        if (!statement.startsWith("DROP USER")) return;
        stage.server.before = async () => {};
        stage.server.dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, 'LATE', 'TABLE', 'VALID')", name);
      };
      const receipt = await person.revoke();
      expect(receipt.residue.map(({ what }) => what)).toEqual([
        `table "${name}"."LATE"`,
        person.user.username,
      ]);
      stage.server.dictionary.change("DELETE FROM DBA_OBJECTS WHERE OWNER = ?", name);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "privileges, roles and proxies that others gave are taken, or named where they cannot be",
    async (stage) => {
      const { dictionary, server } = { dictionary: stage.server.dictionary, server: stage.server };
      const person = await granted(harness, stage);
      const name = person.user.username.toUpperCase();
      dictionary.change(
        "INSERT INTO DBA_TAB_PRIVS VALUES (?, ?, 'ORDERS', ?, 'DELETE', 'TABLE')",
        name,
        stage.schema,
        stage.schema,
      );
      dictionary.change(
        "INSERT INTO DBA_COL_PRIVS VALUES (?, ?, 'ORDERS', 'ID', 'UPDATE')",
        name,
        stage.schema,
      );
      dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES (?, 'ALTER SYSTEM', 'NO')", name);
      dictionary.change("INSERT INTO PROXY_USERS VALUES ('APP', ?), (?, 'APP')", name, name);
      server.dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, 'T', 'TABLE', 'VALID')", name);
      const receipt = await person.revoke();
      // The admin does not hold ALTER SYSTEM, and so may not take it.
      expect(receipt.residue.filter(({ kind }) => kind === "privilege")).toEqual([
        expect.objectContaining({ what: "ALTER SYSTEM", statement: `REVOKE ALTER SYSTEM FROM "${name}"` }),
      ]);
      expect(receipt.privileges).toBe(1);
      expect(dictionary.rows("SELECT * FROM PROXY_USERS WHERE ? IN (PROXY, CLIENT)", name)).toEqual([]);
      dictionary.change("DELETE FROM DBA_OBJECTS WHERE OWNER = ?", name);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(harness, "a distributed transaction that waits is named with its rollback", async (stage) => {
    const { dictionary } = stage.server;
    const person = await granted(harness, stage);
    const name = person.user.username.toUpperCase();
    dictionary.change("INSERT INTO DBA_2PC_PENDING VALUES ('1.21.17', ?, 'prepared')", name);
    const receipt = await person.revoke();
    expect(receipt).toMatchObject({ users: 1, preparedTransactions: 1 });
    expect(receipt.residue[0]).toMatchObject({
      kind: "prepared_transaction",
      statement: "ROLLBACK FORCE '1.21.17'",
    });
    dictionary.change("DELETE FROM DBA_2PC_PENDING");
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "names with quotes are named with statements that run", async (stage) => {
    const { dictionary } = stage.server;
    const person = await granted(harness, stage);
    const name = person.user.username.toUpperCase();
    dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, 'A''S', 'JOB', 'VALID')", name);
    dictionary.change(
      "INSERT INTO DBA_SCHEDULER_JOBS VALUES (?, 'A''S', 'x', '2099', NULL, 'SCHEDULED', 0)",
      name,
    );
    // Somebody dropped the user and left its job, which an admin of an awkward name made.
    dictionary.change("UPDATE DBA_SCHEDULER_JOBS SET OWNER = 'O''HARA' WHERE JOB_NAME = ?", name);
    const { residue } = await person.revoke();
    expect(residue[0]?.statement).toBe(`BEGIN DBMS_SCHEDULER.DROP_JOB('"${name}"."A''S"', TRUE); END;`);
    dictionary.change("DELETE FROM DBA_USERS WHERE USERNAME = ?", name);
    dictionary.change("DELETE FROM DBA_OBJECTS WHERE OWNER = ?", name);
    const left = await adapter.inspect(person.door, person.known, clock);
    expect(left.residue.map(({ statement }) => statement)).toContain(
      `BEGIN DBMS_SCHEDULER.DROP_JOB('"O''HARA"."${name}"', TRUE); END;`,
    );
    dictionary.change("DELETE FROM DBA_SCHEDULER_JOBS WHERE OWNER = ?", name);
    await expectGone(stage, person, await person.revoke());
  });
}
