/** What only SQL Server has to show, on the stub or on the vendor's server. */
import { expect } from "vitest";
import { clock, count, expectGone, granted, refusal, story } from "../conformance/story.ts";
import type { SqlserverHarness } from "../harness/sqlserver.ts";

export function sqlserverStories(harness: SqlserverHarness): void {
  const { adapter } = harness;

  story(
    harness,
    "names with brackets and quotes are names: a database, a job, a user of the login",
    async (stage) => {
      const odd = "odd ] ' \" name";
      const quoted = "[odd ]] ' \" name]";
      const [there] = await stage.root(`SELECT name FROM sys.databases WHERE name = N'odd ] '' " name'`);
      if (!there) await stage.root(`CREATE DATABASE ${quoted}`);
      const person = await granted(harness, stage);
      await stage.root(`CREATE USER ${quoted} FOR LOGIN [${person.user.username}]`, odd);
      await stage.root(`CREATE ROLE ${quoted}`, odd).catch(() => {});
      await stage.root("CREATE TABLE [dbo].[t'] (id int)", odd).catch(() => {});
      await stage.root(`GRANT SELECT ON OBJECT::[dbo].[t'] TO ${quoted}`, odd);
      // The admin has to be somebody there to see it.
      await stage.root("CREATE USER [master_user] FOR LOGIN [master_user]", odd).catch(() => {});
      await stage.root("ALTER ROLE [db_owner] ADD MEMBER [master_user]", odd);
      const receipt = await person.revoke();
      await expectGone(stage, person, receipt);
      expect(
        await stage.root(
          "SELECT name FROM sys.database_principals WHERE type = 'S' AND name LIKE 'odd%'",
          odd,
        ),
      ).toEqual([]);
    },
  );

  story(harness, "users in other databases go before the login, and no orphan is left", async (stage) => {
    const person = await granted(harness, stage);
    await stage.root(
      `CREATE USER [elsewhere_${person.user.username}] FOR LOGIN [${person.user.username}]`,
      "msdb",
    );
    await stage.root("ALTER ROLE [db_owner] ADD MEMBER [master_user]", "msdb");
    const found = await adapter.inspect(person.door, person.known, clock);
    expect(found.residue.map(({ what }) => what)).toContain(
      `user elsewhere_${person.user.username}, which belongs to the login`,
    );
    await expectGone(stage, person, await person.revoke());
    expect(
      await stage.root("SELECT name FROM sys.database_principals WHERE name LIKE 'elsewhere%'", "msdb"),
    ).toEqual([]);
  });

  story(harness, "an orphan whose login a person dropped is known by its SID, and goes", async (stage) => {
    const person = await granted(harness, stage);
    await stage.root(`DROP LOGIN [${person.user.username}]`);
    const found = await adapter.inspect(person.door, person.known, clock);
    expect(found.users).toBe(1);
    await expectGone(stage, person, await person.revoke());
  });

  story(
    harness,
    "a login that was renamed keeps its SID: it goes with its sessions, whatever it is called",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      const other = `other_${person.user.username.slice(4)}`;
      await stage.root(`ALTER LOGIN [${person.user.username}] WITH NAME = [${other}]`);
      await expectGone(stage, person, await person.revoke());
      await session.ended;
      const left = await stage.root(`SELECT name FROM sys.server_principals WHERE name = N'${other}'`);
      expect(left).toEqual([]);
    },
  );

  story(
    harness,
    "a session that acts as somebody else, and somebody who acts as the login, both end",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createLogin("actor", "Actor-password-1");
      const posing = await harness.poseAs(
        stage,
        { user: "actor", password: "Actor-password-1" },
        person.user.username,
      );
      const away = await harness.poseAs(
        stage,
        { user: person.user.username, password: person.password },
        "actor",
      );
      const receipt = await person.revoke();
      await Promise.all([posing.ended, away.ended]);
      expect(receipt.sessionsEnded).toBe(2);
      await expectGone(stage, person, receipt);
      await stage.dropLogin("actor");
    },
  );

  story(
    harness,
    "a schema with data moves to the graveyard, with the grants on it taken back and listed",
    async (stage) => {
      const person = await granted(harness, stage);
      const schema = `of_${person.user.username}`;
      await stage.root(`CREATE SCHEMA [${schema}] AUTHORIZATION [${person.user.username}]`, stage.database);
      await stage.root(`CREATE TABLE [${schema}].[kept] (id int)`, stage.database);
      await stage.root(`INSERT INTO [${schema}].[kept] (id) VALUES (42)`, stage.database);
      await stage.root(
        `GRANT SELECT ON OBJECT::[${schema}].[kept] TO [${stage.reader.name}]`,
        stage.database,
      );
      await stage.root(
        `GRANT UPDATE ([id]) ON OBJECT::[${schema}].[kept] TO [${stage.reader.name}]`,
        stage.database,
      );
      await stage.root(`DENY DELETE ON OBJECT::[${schema}].[kept] TO [${stage.reader.name}]`, stage.database);
      const receipt = await person.revoke();
      await expectGone(stage, person, receipt);
      expect(receipt.moved).toEqual([
        { database: stage.database, kind: "schema", name: schema, stripped: [] },
        {
          database: stage.database,
          kind: "table",
          name: `${schema}.kept`,
          stripped: [`${stage.reader.name}: SELECT`, `${stage.reader.name}: UPDATE (id)`],
        },
      ]);
      expect(await stage.root(`SELECT id FROM [${schema}].[kept]`, stage.database)).toEqual([{ id: 42 }]);
      const owner = `SELECT p.name AS owner FROM sys.schemas s JOIN sys.database_principals p ON p.principal_id = s.principal_id
      WHERE s.name = N'${schema}'`;
      expect(await stage.root(owner, stage.database)).toEqual([{ owner: "jit_graveyard" }]);
    },
  );

  for (const [title, make, what] of [
    [
      "a procedure in a schema of its own",
      "CREATE PROCEDURE [<schema>].[leak] AS SELECT 1 AS one",
      "procedure <schema>.leak",
    ],
    [
      "a procedure that runs as the user",
      "CREATE PROCEDURE [<app>].[leak] WITH EXECUTE AS '<user>' AS SELECT 1 AS one",
      "module that runs as the user, <app>.leak",
    ],
    ["a role", "CREATE ROLE [role_<user>] AUTHORIZATION [<user>]", "role role_<user>"],
    [
      "a trigger of the database that runs as the user",
      "CREATE TRIGGER [tr_<user>] ON DATABASE WITH EXECUTE AS '<user>' FOR CREATE_TABLE AS SELECT 1 AS one",
      "database trigger tr_<user>",
    ],
    [
      "a queue whose procedure runs as the user",
      "CREATE QUEUE [<app>].[q_<user>] WITH ACTIVATION (STATUS = ON, PROCEDURE_NAME = [<app>].[p], MAX_QUEUE_READERS = 1, EXECUTE AS '<user>')",
      "activated queue <app>.q_<user>",
    ],
    [
      "a certificate",
      "CREATE CERTIFICATE [c_<user>] AUTHORIZATION [<user>] ENCRYPTION BY PASSWORD = 'Of-the-key-1' WITH SUBJECT = 'a subject'",
      "certificate c_<user>",
    ],
  ] as const) {
    story(
      harness,
      `${title} is quarantined: fenced, without rights, and named with what finishes it`,
      async (stage) => {
        const person = await granted(harness, stage);
        const { username } = person.user;
        const fill = (text: string) =>
          text
            .replaceAll("<schema>", `of_${username}`)
            .replaceAll("<app>", stage.schema)
            .replaceAll("<user>", username);
        await stage.root(`CREATE SCHEMA [of_${username}] AUTHORIZATION [${username}]`, stage.database);
        await stage.root(fill(make), stage.database);
        const session = await person.login();
        await count(session, stage.orders);
        const receipt = await person.revoke();
        await session.ended;
        expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, moved: [] });
        expect(receipt.droppedAt).toBeUndefined();
        expect(await refusal(harness, person.login())).toBe("no login");
        const [found] = receipt.residue.filter((it) => it.what === fill(what));
        if (found?.statement)
          for (const part of found.statement.split("; ").slice(1)) await stage.admin(part);
        else await stage.admin(`DROP PROCEDURE [${stage.schema}].[leak]`);
        await expectGone(stage, person, await person.revoke());
      },
    );
  }

  story(
    harness,
    "a job that runs as the login is disabled, named, and keeps it from being dropped",
    async (stage) => {
      const person = await granted(harness, stage);
      await harness.makeJob(stage, "nightly ' job", person.user.username);
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeUndefined();
      const [job] = receipt.residue.filter(({ where }) => where === "msdb");
      expect(job).toMatchObject({ kind: "executable", what: "job nightly ' job, which is disabled" });
      await stage.root(job?.statement ?? "", "msdb");
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "what the user gave to others is taken back with it; what it denied them waits for a person",
    async (stage) => {
      const person = await granted(harness, stage);
      const { username } = person.user;
      const run = (sql: string) => stage.root(sql, stage.database);
      await stage.createLogin("colleague", "Colleague-password-1");
      const orders = `OBJECT::[${stage.schema}].[orders]`;
      await run(`GRANT CONTROL ON SCHEMA::[${stage.schema}] TO [${username}]`);
      await run(`GRANT SELECT ON ${orders} TO [colleague] AS [${username}]`);
      await run(`DENY DELETE ON ${orders} TO [colleague] AS [${username}]`);
      const colleague = await stage.login("colleague", "Colleague-password-1");
      expect(await count(colleague, stage.orders)).toBe(3);
      const receipt = await person.revoke();
      expect(await refusal(harness, count(colleague, stage.orders))).toBe("denied");
      await colleague.close();
      expect(receipt.residue.map(({ kind }) => kind)).toEqual(["privilege", "user"]);
      expect(receipt.residue[0]).toEqual({
        kind: "privilege",
        where: stage.database,
        what: `DELETE on ${stage.schema}.orders that the user denied to colleague`,
        statement: `USE [${stage.database}]; REVOKE DELETE ON ${orders} FROM [colleague] CASCADE AS [${username}]`,
      });
      await run(receipt.residue[0]?.statement ?? "");
      await expectGone(stage, person, await person.revoke());
      await stage.dropLogin("colleague");
    },
  );

  story(
    harness,
    "a user that was given another login and another name is known by its note",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.root("CREATE LOGIN [heir] WITH PASSWORD = N'Heir-password-1', CHECK_POLICY = OFF");
      await stage.root(
        `ALTER USER [${person.user.username}] WITH NAME = [heir_user], LOGIN = [heir]`,
        stage.database,
      );
      const receipt = await person.revoke();
      expect(receipt.residue).toEqual([
        {
          kind: "user",
          where: stage.database,
          what: "user heir_user, which has the note of this grant and another login",
          statement: `USE [${stage.database}]; DROP USER [heir_user]`,
        },
      ]);
      for (const part of receipt.residue[0]?.statement?.split("; ").slice(1) ?? []) await stage.admin(part);
      await expectGone(stage, person, await person.revoke());
      await stage.root("DROP LOGIN [heir]");
    },
  );

  story(
    harness,
    "a server role of the login keeps it fenced, and is named with what finishes it",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.root(`CREATE SERVER ROLE [crew] AUTHORIZATION [${person.user.username}]`);
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue[0]).toEqual({
        kind: "object",
        where: stage.database,
        what: "server role crew",
        statement: "USE [master]; ALTER AUTHORIZATION ON SERVER ROLE::[crew] TO [sa]",
      });
      expect(await refusal(harness, person.login())).toBe("no login");
      await stage.root(`ALTER AUTHORIZATION ON SERVER ROLE::[crew] TO [${harness.backend().root.user}]`);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "a right to pose as somebody is taken back where it was given, on the server and in the database",
    async (stage) => {
      const person = await granted(harness, stage);
      const { username } = person.user;
      await stage.createLogin("somebody", "Somebody-password-1");
      await stage.root(`GRANT IMPERSONATE ON LOGIN::[somebody] TO [${username}]`);
      await stage.root(`GRANT IMPERSONATE ON USER::[somebody] TO [${username}]`, stage.database);
      await stage.root(`GRANT VIEW SERVER STATE TO [${username}]`);
      const found = await adapter.inspect(person.door, person.known, clock);
      expect(
        found.residue
          .filter(({ kind }) => kind === "privilege")
          .map(({ statement }) => statement)
          .sort(),
      ).toEqual([
        `USE [master]; REVOKE IMPERSONATE ON LOGIN::[somebody] FROM [${username}] CASCADE`,
        `USE [master]; REVOKE VIEW SERVER STATE FROM [${username}] CASCADE`,
        `USE [${stage.database}]; REVOKE IMPERSONATE ON USER::[somebody] FROM [${username}] CASCADE`,
      ]);
      // Something to wait for: then nothing may be left of these.
      await stage.root(`CREATE ROLE [waits_${username}] AUTHORIZATION [${username}]`, stage.database);
      expect(await person.revoke()).toMatchObject({ users: 1, privileges: 0 });
      await stage.root(`DROP ROLE [waits_${username}]`, stage.database);
      await expectGone(stage, person, await person.revoke());
      await stage.dropLogin("somebody");
    },
  );

  story(
    harness,
    "a missing permission is named with the statement that repairs it, and nothing is believed gone",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createDeputy();
      for (const permission of [
        "VIEW SERVER STATE",
        "VIEW ANY DEFINITION",
        "ALTER ANY LOGIN",
        "ALTER ANY CONNECTION",
      ]) {
        await stage.root(`REVOKE ${permission} FROM [deputy] CASCADE`);
        const door = stage.door(person.user.marker.grantId, "deputy");
        const repair = `USE [master]; GRANT ${permission} TO [deputy]`;
        await expect(adapter.revoke(door, person.known, clock)).rejects.toMatchObject({
          code: "ADMIN_LACKS_RIGHTS",
          next: repair,
        });
        const checks = await adapter.doctor(stage.door(undefined, "deputy"), [stage.reader]);
        expect(checks.find(({ id }) => id === "admin_rights")?.repair).toBe(repair);
        for (const statement of repair.split("; ").slice(1)) await stage.root(statement);
      }
      await expectGone(stage, person, await person.revoke());
      await stage.dropLogin("deputy");
    },
  );

  story(harness, "columns are opened one by one, and insert on them is refused by name", async (stage) => {
    const role = (privileges: ("select" | "insert")[]) => ({
      name: stage.reader.name,
      scopes: [{ schemas: [stage.schema], tables: ["orders"], columns: { orders: ["id"] }, privileges }],
    });
    await expect(adapter.prepare(stage.door(), [role(["insert"])])).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
    });
    await adapter.prepare(stage.door(), [role(["select"])]);
    const person = await granted(harness, stage);
    const session = await person.login();
    expect(await session.query(`SELECT id FROM ${stage.orders} WHERE id = 1`)).toEqual([{ id: 1 }]);
    expect(await refusal(harness, session.query(`SELECT customer FROM ${stage.orders}`))).toBe("denied");
    await session.close();
    await person.revoke();
  });
}
