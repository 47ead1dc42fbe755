/** What the admin lacks is named with the statement that gives it; what a role cannot have is refused. */
import { expect } from "vitest";
import type { Scope } from "../../../src/engines/engine.ts";
import { clock, expectGone, granted, newUser, refusal, story } from "../conformance/story.ts";
import type { PlayedHarness } from "../harness/oracle-played.ts";
import { OraError } from "../played-oracle/ora-error.ts";
import { makeTable } from "../played-oracle/user-sql.ts";

export function rightStories(harness: PlayedHarness): void {
  const { adapter } = harness;

  /** As an admin of its own, from whom something was taken. */
  async function lacking(stage: Awaited<ReturnType<PlayedHarness["stage"]>>, privilege: string) {
    const { server } = stage;
    server.makeUser("LACKING", "secret");
    server.makeMaster("LACKING");
    server.dictionary.change(
      "DELETE FROM DBA_SYS_PRIVS WHERE GRANTEE = 'LACKING' AND PRIVILEGE = ?",
      privilege,
    );
    const checks = await adapter.doctor(stage.door(undefined, "lacking"), []);
    const { user } = newUser(harness, stage);
    const outcome = await refusal(harness, adapter.grant(stage.door(user.marker.grantId, "lacking"), user));
    for (const view of ["DBA_SYS_PRIVS", "DBA_ROLE_PRIVS"]) {
      server.dictionary.change(`DELETE FROM ${view} WHERE GRANTEE = 'LACKING'`);
    }
    await stage.dropLogin("lacking");
    return { checks: checks.filter(({ ok, id }) => !ok && !id.includes("jit_managed")), outcome };
  }

  story(harness, "a privilege that the admin lacks is named with its GRANT", async (stage) => {
    for (const privilege of ["CREATE USER", "CREATE PROFILE", "DROP USER", "GRANT ANY OBJECT PRIVILEGE"]) {
      const { checks, outcome } = await lacking(stage, privilege);
      expect(checks).toEqual([
        expect.objectContaining({ id: "admin_rights", repair: `GRANT ${privilege} TO "LACKING"` }),
      ]);
      if (privilege.startsWith("CREATE")) expect(outcome).toBe("ADMIN_LACKS_RIGHTS");
    }
  });

  story(
    harness,
    "a dictionary that the admin may not read is named view by view, for RDS's procedure",
    async (stage) => {
      const { checks, outcome } = await lacking(stage, "SELECT ANY DICTIONARY");
      expect(checks).toHaveLength(1);
      expect(checks[0]?.repair).toContain(
        "EXEC rdsadmin.rdsadmin_util.grant_sys_object('GV_$SESSION', USER, 'SELECT')",
      );
      expect(outcome).toBe("ADMIN_LACKS_RIGHTS");
    },
  );

  story(harness, "an admin that may end no session, or let nobody in, is told", async (stage) => {
    const { dictionary } = stage.server;
    const failed = async () => {
      const checks = await adapter.doctor(stage.door(), [stage.reader]);
      return checks.filter(({ ok }) => !ok).map(({ id, repair }) => `${id}: ${repair}`);
    };
    dictionary.change("UPDATE ALL_OBJECTS SET STATUS = 'INVALID'");
    expect(await failed()).toEqual(["kill: ALTER PACKAGE RDSADMIN.RDSADMIN_UTIL COMPILE"]);
    dictionary.change("DELETE FROM ALL_OBJECTS");
    expect(await failed()).toEqual(['kill: GRANT ALTER SYSTEM TO "ADMIN"']);
    dictionary.change("INSERT INTO ALL_OBJECTS VALUES ('RDSADMIN', 'RDSADMIN_UTIL', 'PACKAGE', 'VALID')");
    dictionary.change(
      "UPDATE DBA_SYS_PRIVS SET ADMIN_OPTION = 'NO' WHERE GRANTEE = 'ADMIN' AND PRIVILEGE = 'CREATE SESSION'",
    );
    expect(await failed()).toEqual(['give_login: GRANT CREATE SESSION TO "ADMIN" WITH ADMIN OPTION']);
    dictionary.change("UPDATE DBA_SYS_PRIVS SET ADMIN_OPTION = 'YES' WHERE GRANTEE = 'ADMIN'");
    dictionary.change(
      "UPDATE V_$PARAMETER SET VALUE = CASE NAME WHEN 'resource_limit' THEN 'FALSE' ELSE '0' END",
    );
    expect((await failed()).map((it) => it.split(":")[0])).toEqual(["scheduler", "resource_limit"]);
    dictionary.change(
      "UPDATE V_$PARAMETER SET VALUE = CASE NAME WHEN 'resource_limit' THEN 'TRUE' ELSE '20' END",
    );
    expect(await failed()).toEqual([]);
  });

  story(
    harness,
    "a mandatory profile that refuses the password is named, and nothing stays",
    async (stage) => {
      const { user } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      stage.server.before = async (statement) => {
        if (statement.startsWith("CREATE USER")) throw new OraError(28003, "password verification failed");
      };
      await expect(adapter.grant(door, user)).rejects.toMatchObject({
        code: "BAD_CONFIGURATION",
        next: expect.stringContaining("two of each"),
      });
      stage.server.before = async () => {};
      await expectGone(stage, { known: user }, await adapter.revoke(door, user, clock));
    },
  );

  story(harness, "a lock that the server failed to set is named", async (stage) => {
    const person = await granted(harness, stage);
    stage.server.dictionary.change(
      "UPDATE DBA_SCHEDULER_JOBS SET FAILURE_COUNT = 1 WHERE JOB_NAME = ?",
      person.user.username.toUpperCase(),
    );
    const checks = await adapter.doctor(stage.door(), [stage.reader]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({ id: "lock_jobs", sentence: expect.stringContaining(person.user.username) }),
    ]);
    await person.revoke();
  });

  story(harness, "what Oracle gives to no role is refused before anything changes", async (stage) => {
    const scope = (change: Partial<Scope>): Scope => ({
      schemas: [stage.schema],
      privileges: ["select"],
      ...change,
    });
    const from = stage.server.executed.length;
    for (const refused of [
      scope({ privileges: ["truncate"] }),
      scope({ privileges: ["references"] }),
      scope({ columns: { ORDERS: ["ID"] } }),
      scope({ columns: { ORDERS: ["NOTHING"] }, privileges: ["update"] }),
      scope({ schemas: ["SYS"] }),
      scope({ schemas: [stage.schema.toLowerCase()] }),
      scope({ tables: ["NOTHING"] }),
    ]) {
      const roles = [{ name: `${stage.reader.name}_x`, scopes: [refused] }];
      await expect(adapter.prepare(stage.door(), roles)).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
    }
    expect(stage.server.executed.slice(from)).toEqual([]);
  });

  story(harness, "a view that does not compile stays closed, is named, and stops nothing", async (stage) => {
    const { dictionary } = stage.server;
    dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, 'BROKEN', 'VIEW', 'INVALID')", stage.schema);
    makeTable(dictionary, stage.schema, "LATER", "(id)");
    await adapter.prepare(stage.door(), [stage.reader]);
    const checks = await adapter.doctor(stage.door(), [stage.reader]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({
        id: `invalid:${stage.reader.name}`,
        repair: `ALTER VIEW "${stage.schema}"."BROKEN" COMPILE`,
      }),
    ]);
    const person = await granted(harness, stage);
    const session = await person.login();
    expect(await session.query(`SELECT * FROM ${stage.schema}.LATER`)).toEqual([]);
    await person.revoke();
    dictionary.change("DELETE FROM DBA_OBJECTS WHERE OBJECT_NAME = 'BROKEN'");
  });

  story(harness, "columns are opened for writing, and taken one by one", async (stage) => {
    const role = (columns: readonly string[]) => ({
      name: stage.reader.name,
      scopes: [
        ...stage.reader.scopes,
        {
          schemas: [stage.schema],
          tables: ["ORDERS"],
          columns: { ORDERS: columns },
          privileges: ["update" as const],
        },
      ],
    });
    const open = () =>
      stage.server.dictionary
        .rows("SELECT COLUMN_NAME FROM DBA_COL_PRIVS WHERE OWNER = ? ORDER BY 1", stage.schema)
        .map((row) => row.COLUMN_NAME);
    await adapter.prepare(stage.door(), [role(["ID", "CUSTOMER"])]);
    expect(open()).toEqual(["CUSTOMER", "ID"]);
    await adapter.prepare(stage.door(), [role(["ID"])]);
    expect(open()).toEqual(["ID"]);
    expect((await adapter.doctor(stage.door(), [role(["ID"])])).filter(({ ok }) => !ok)).toEqual([]);
  });

  story(
    harness,
    "schemas, tables and columns may have any name there is, but for the double quote",
    async (stage) => {
      const { server } = stage;
      const [schema, table] = [`s '; DROP USER x; --`, `t ö $ 's`];
      server.makeUser(schema, "secret");
      server.dictionary.change("INSERT INTO DBA_TABLES VALUES (?, ?, 'NO', 'N', 'NO', NULL)", schema, table);
      server.dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, ?, 'TABLE', 'VALID')", schema, table);
      server.dictionary.change("INSERT INTO DBA_TAB_COLUMNS VALUES (?, ?, ?)", schema, table, "c, (d)");
      const role = {
        name: stage.reader.name,
        scopes: [
          ...stage.reader.scopes,
          { schemas: [schema], columns: { [table]: ["c, (d)"] }, privileges: ["insert" as const] },
        ],
      };
      await adapter.prepare(stage.door(), [role]);
      expect(server.executed.at(-1)).toBe(
        `GRANT INSERT ("c, (d)") ON "${schema}"."${table}" TO "${stage.reader.name.toUpperCase()}"`,
      );
      const quote = {
        name: stage.reader.name,
        scopes: [{ schemas: [`a"b`], privileges: ["select" as const] }],
      };
      await expect(adapter.prepare(stage.door(), [quote])).rejects.toMatchObject({
        code: "BAD_CONFIGURATION",
      });
    },
  );
}
