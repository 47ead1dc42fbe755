/** What a server does at the worst moment; only the stub can be told to. */
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { sqlserverUsers } from "../../../src/engines/sqlserver-users.ts";
import { interruptedDoor } from "../conformance/interrupted-door.ts";
import { count, expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { SqlserverHarness } from "../harness/sqlserver.ts";
import type { StubBackend } from "../harness/sqlserver-stub.ts";
import { replicaStories } from "./replica-stories.ts";
import { sqlserverStories } from "./stories.ts";

export function stubStories(harness: SqlserverHarness<StubBackend>): void {
  sqlserverStories(harness);
  replicaStories(harness);

  story(harness, "a killed session that rolls back is waited for, and DROP LOGIN with it", async (stage) => {
    const { stub } = harness.backend();
    const person = await granted(harness, stage);
    const session = await person.login();
    stub.mood.rollbackMs = 700;
    const receipt = await person.revoke();
    stub.mood.rollbackMs = 0;
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });

  story(
    harness,
    "somebody who was let in just before DROP LOGIN is thrown out, and the login goes",
    async (stage) => {
      const { stub } = harness.backend();
      const person = await granted(harness, stage);
      const { username } = person.user;
      await stage.root(`CREATE SCHEMA [of_${username}] AUTHORIZATION [${username}]`, stage.database);
      stub.hold((batch) => batch.includes(`DROP LOGIN [${username}]`));
      const revoking = person.revoke();
      while (stub.waiting.size === 0) await pause(5);
      await stage.root(`ALTER LOGIN [${username}] ENABLE; GRANT CONNECT SQL TO [${username}]`);
      await stage.root(`GRANT CONNECT TO [${username}]`, stage.database);
      const session = await person.login();
      stub.release();
      const receipt = await revoking;
      await session.ended;
      expect(receipt.sessionsEnded).toBe(1);
      // Moved by the attempt that met the session; the one that dropped the login found nothing to move.
      expect(receipt.moved.map(({ name }) => name)).toEqual([`of_${username}`]);
      await expectGone(stage, person, receipt);
    },
  );

  story(
    harness,
    "what a session makes until its end is moved, and is no surprise to the drop",
    async (stage) => {
      const { stub } = harness.backend();
      const person = await granted(harness, stage);
      const { username } = person.user;
      const waiting = async () => {
        while (stub.waiting.size === 0) await pause(5);
      };
      stub.hold((batch) => batch.includes(`ALTER LOGIN [${username}] DISABLE`));
      const revoking = person.revoke();
      await waiting();
      const session = await person.login();
      stub.release();
      stub.hold((batch) => batch.startsWith("KILL"));
      await pause(0);
      await waiting();
      await stage.root(`CREATE SCHEMA [late_${username}] AUTHORIZATION [${username}]`, stage.database);
      stub.release();
      const receipt = await revoking;
      await session.ended;
      expect(receipt.moved.map(({ name }) => name)).toEqual([`late_${username}`]);
      await expectGone(stage, person, receipt);
    },
  );

  story(
    harness,
    "what the server refuses to take back holds up nothing else, and is named with what finishes it",
    async (stage) => {
      const { stub } = harness.backend();
      const person = await granted(harness, stage);
      const { username } = person.user;
      const [first, second] = [`a_${username}`, `own_${username}`];
      for (const name of [first, second]) {
        await stage.root(`CREATE DATABASE [${name}]`);
        await stage.root("CREATE USER [master_user] FOR LOGIN [master_user]", name);
        await stage.root("ALTER ROLE [db_owner] ADD MEMBER [master_user]", name);
      }
      await stage.root(`CREATE USER [${username}] FOR LOGIN [${username}]`, first);
      await stage.root(`GRANT CREATE TABLE TO [${username}]`, first);
      await stage.root(`CREATE SCHEMA [of_it] AUTHORIZATION [${username}]`, first);
      stub.model.readOnly.add(first);
      await stage.root(`ALTER AUTHORIZATION ON DATABASE::[${second}] TO [${username}]`);
      await stage.root(`GRANT VIEW SERVER STATE TO [${username}]`);
      await stage.root(`ALTER SERVER ROLE [processadmin] ADD MEMBER [${username}]`);
      await stage.root("REVOKE ALTER ANY SERVER ROLE FROM [master_user] CASCADE");
      await stage.openOrders(username);
      await harness.makeJob(stage, "theirs", username);
      await stage.root("ALTER ROLE [SQLAgentOperatorRole] DROP MEMBER [master_user]", "msdb");
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ where, what, statement }) => [where, what, statement])).toEqual([
        ["msdb", "job theirs, which goes on", "EXEC msdb.dbo.sp_delete_job @job_name = N'theirs'"],
        [stage.database, `database ${second}`, `ALTER AUTHORIZATION ON DATABASE::[${second}] TO [sa]`],
        [stage.database, `user ${username}`, undefined],
        [first, "schema of_it", undefined],
        [first, "CREATE TABLE", `USE [${first}]; REVOKE CREATE TABLE FROM [${username}] CASCADE`],
        [first, `user ${username}`, undefined],
        [
          stage.database,
          "member of processadmin",
          `ALTER SERVER ROLE [processadmin] DROP MEMBER [${username}]`,
        ],
      ]);
      await stage.root("GRANT ALTER ANY SERVER ROLE TO [master_user] WITH GRANT OPTION");
      await stage.root("EXEC msdb.dbo.sp_delete_job @job_name = N'theirs'");
      await stage.root(`ALTER AUTHORIZATION ON DATABASE::[${second}] TO [rdsa]`);
      const again = await person.revoke();
      expect(again.residue.at(-1)?.what).toBe("something for which the server refuses the drop (3906)");
      stub.model.readOnly.delete(first);
      const last = await person.revoke();
      expect(last.moved.map(({ database, name }) => [database, name])).toEqual([[first, "of_it"]]);
      await expectGone(stage, person, last);
      await stage.root("ALTER ROLE [SQLAgentOperatorRole] ADD MEMBER [master_user]", "msdb");
    },
  );

  for (const [moment, part] of [
    ["the login is disabled", "DISABLE"],
    ["the users are dropped", "DROP USER"],
    ["the login is dropped", "DROP LOGIN"],
  ] as const) {
    story(
      harness,
      `a socket that breaks just after ${moment} is an error, and the next revoke finishes`,
      async (stage) => {
        const { stub } = harness.backend();
        const person = await granted(harness, stage);
        stub.mood.breaksAfter = (batch) => batch.includes(part) && batch.includes(person.user.username);
        await expect(person.revoke()).rejects.toMatchObject({ code: "UNAVAILABLE" });
        delete stub.mood.breaksAfter;
        await expectGone(stage, person, await person.revoke());
      },
    );
  }

  story(
    harness,
    "a session that was killed under the pool is an error, never a fresh session",
    async (stage) => {
      const connection = await stage.door().open();
      const [[me] = []] = await connection.query("SELECT @@SPID AS id");
      await stage.root(`KILL ${me?.id}`);
      await expect(connection.query("SELECT 1 AS one")).rejects.toThrow();
      await expect(connection.query("SELECT 1 AS one")).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await connection.end();
    },
  );

  story(
    harness,
    "users of a contained database, who have no login, are among those who log in",
    async (stage) => {
      const { stub } = harness.backend();
      const contained = (on: number) =>
        stub.model.run('UPDATE "sys.databases" SET containment = ? WHERE name = ?', on, stage.database);
      contained(1);
      await stage.root("CREATE USER [aside] WITH PASSWORD = N'Aside-password-1'", stage.database);
      const found = await harness.adapter.logins?.(stage.door());
      expect(found?.filter(({ own }) => own === "server").map(({ name }) => name)).toEqual(["rdsa"]);
      expect(found?.find(({ name }) => name === "aside")).toEqual({
        username: `aside of database ${stage.database}`,
        name: "aside",
        byIam: false,
        powers: [],
        sessions: 0,
        addresses: 0,
        bar: `USE [${stage.database}]; DENY CONNECT TO [aside]`,
      });
      await stage.root("DROP USER [aside]", stage.database);
      contained(0);
    },
  );

  story(harness, "no admin session is left behind by anything", async (stage) => {
    const person = await granted(harness, stage);
    await harness.adapter.list(stage.door(), [stage.reader.name]);
    await harness.adapter.doctor(stage.door(), [stage.reader]);
    await expectGone(stage, person, await person.revoke());
    expect(
      await stage.root(
        "SELECT session_id FROM sys.dm_exec_sessions WHERE original_login_name = 'master_user'",
      ),
    ).toEqual([]);
  });

  story(
    harness,
    "a job that the admin may not see keeps the login fenced, with the number that says why",
    async (stage) => {
      const { stub } = harness.backend();
      const person = await granted(harness, stage);
      await harness.makeJob(stage, "hidden", person.user.username);
      stub.mood.seesJobs = false;
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ what }) => what)).toEqual([
        `login ${person.user.username}`,
        "a job that the admin does not see; dblease doctor names the GRANT that shows it (15170)",
      ]);
      expect((await harness.adapter.doctor(stage.door(), [])).find(({ id }) => id === "jobs")).toMatchObject({
        ok: false,
        repair: "USE [msdb]; GRANT SELECT ON OBJECT::[dbo].[sysjobs] TO [master_user]",
      });
      await expect(person.login()).rejects.toThrow();
      stub.mood.seesJobs = true;
      await stage.root("EXEC msdb.dbo.sp_delete_job @job_name = N'hidden'");
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "the second login of a pair may do what the first may, whenever a run dies",
    async (stage) => {
      const orders = `[${stage.schema}].[orders]`;
      await stage.createLogin("app", "App-password-1");
      await stage.dropLogin("app_clone");
      await stage.join("app");
      await stage.openOrders("app");
      await stage.root("DENY VIEW ANY DATABASE TO [app]");
      await stage.root(`DENY SELECT ([customer]) ON OBJECT::${orders} TO [app]`, stage.database);
      await stage.root(
        `GRANT EXECUTE ON SCHEMA::[${stage.schema}] TO [app] WITH GRANT OPTION`,
        stage.database,
      );
      const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
      const held = async (name: string) => [
        await stage.root(
          `SELECT d.class_desc AS class, d.major_id AS major, d.minor_id AS minor, d.permission_name AS permission, d.state AS state
            FROM sys.database_permissions d JOIN sys.database_principals u ON u.principal_id = d.grantee_principal_id
            WHERE u.name = N'${name}' ORDER BY class, major, minor, permission`,
          stage.database,
        ),
        await stage.root(
          `SELECT d.permission_name AS permission, d.state AS state FROM sys.server_permissions d
            JOIN sys.server_principals u ON u.principal_id = d.grantee_principal_id WHERE u.name = N'${name}' ORDER BY permission`,
        ),
      ];
      const pair = { first: "app", second: "app_clone" };
      const prepare = async (before: number) => {
        const admin = await interruptedDoor(stage.door(), before).door.open();
        const done = sqlserverUsers.preparePair(admin, pair, random);
        const died = await done.then(
          () => false,
          () => true,
        );
        await admin.end();
        return died;
      };
      for (let before = 1, died = true; died; before++) {
        await stage.dropLogin("app_clone");
        died = await prepare(before);
        expect(await prepare(Number.POSITIVE_INFINITY)).toBe(false);
        const admin = await stage.door().open();
        await sqlserverUsers.changePassword(admin, "app_clone", "It's-another-1", random);
        await admin.end();
        const session = await stage.login("app_clone", "It's-another-1");
        expect(await count(session, stage.orders)).toBe(3);
        await session.query(`DELETE FROM ${stage.orders} WHERE id < 0`);
        expect(await refusal(harness, session.query(`SELECT customer FROM ${stage.orders}`))).toBe("denied");
        await session.close();
        expect(await held("app_clone")).toEqual(await held("app"));
      }
      // What the second one alone is denied, a person decides on.
      await stage.root(`DENY REFERENCES ON SCHEMA::[${stage.schema}] TO [app_clone]`, stage.database);
      const asking = await stage.door().open();
      expect(await sqlserverUsers.preparePair(asking, pair, random)).toEqual([
        {
          sentence: `app_clone is denied REFERENCES on schema ${stage.schema} in ${stage.database}; app is not`,
          repair: `USE [${stage.database}]; REVOKE REFERENCES ON SCHEMA::[${stage.schema}] FROM [app_clone]`,
        },
      ]);
      await asking.end();
      // Nobody but the first one can be a database's owner; the second may do what an owner may.
      await stage.root("CREATE DATABASE [of_app]");
      await stage.root("CREATE USER [master_user] FOR LOGIN [master_user]", "of_app");
      await stage.root("ALTER ROLE [db_owner] ADD MEMBER [master_user]", "of_app");
      await stage.root("ALTER AUTHORIZATION ON DATABASE::[of_app] TO [app]");
      const owning = await stage.door().open();
      await sqlserverUsers.preparePair(owning, pair, random);
      await owning.end();
      const creating = await stage.login("app_clone", "It's-another-1", "of_app");
      await creating.query("CREATE TABLE [dbo].[made] (id int)");
      await creating.close();
      await stage.root("DROP USER [app_clone]", "of_app");
      await stage.root("ALTER AUTHORIZATION ON DATABASE::[of_app] TO [rdsa]");
      // A second login that may do more is somebody else's.
      await stage.root("GRANT CREATE TABLE TO [app_clone]", stage.database);
      const admin = await stage.door().open();
      await expect(sqlserverUsers.preparePair(admin, pair, random)).rejects.toMatchObject({
        code: "USER_REFUSED",
      });
      await admin.end();
      await stage.dropLogin("app_clone");
      await stage.dropLogin("app");
    },
  );

  story(
    harness,
    "no password and no hash is in a statement but where it is stored, and in no error",
    async (stage) => {
      const { stub } = harness.backend();
      const before = stub.batches.length;
      const person = await granted(harness, stage);
      const sent = stub.batches.slice(before);
      expect(sent.join("\n")).not.toContain(person.password);
      const hash = String(person.user.verifier);
      expect(sent.filter((batch) => batch.includes(hash))).toHaveLength(1);
      stub.mood.breaksAfter = (batch) => batch.includes("CREATE LOGIN");
      const failed = await harness.adapter.grant(person.door, person.user).catch((error: Error) => error);
      delete stub.mood.breaksAfter;
      expect(JSON.stringify([failed, String(failed)])).not.toContain(hash);
      await expectGone(stage, person, await person.revoke());
    },
  );
}
