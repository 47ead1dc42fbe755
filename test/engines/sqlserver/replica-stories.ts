/** A read replica has logins of its own: those that were there when it was made. Played by a second stub. */
import { expect } from "vitest";
import { clock, expectGone, granted, newUser, refusal, story } from "../conformance/story.ts";
import type { SqlserverHarness, SqlserverStage } from "../harness/sqlserver.ts";
import { openSession, run } from "../harness/sqlserver-session.ts";
import type { Replica, StubBackend } from "../harness/sqlserver-stub.ts";

export function replicaStories(harness: SqlserverHarness<StubBackend>): void {
  const { adapter } = harness;

  /** Somebody has a grant, and then a replica is made. */
  function onReplica(
    title: string,
    tell: (
      stage: SqlserverStage,
      person: Awaited<ReturnType<typeof withReplica>>["person"],
      replica: Replica,
    ) => Promise<void>,
  ): void {
    story(harness, title, async (stage) => {
      const { person, replica } = await withReplica(stage);
      try {
        await tell(stage, person, replica);
      } finally {
        await replica.stop();
      }
    });
  }

  async function withReplica(stage: SqlserverStage) {
    const person = await granted(harness, stage);
    const replica = await harness.backend().makeReplica();
    const door = { ...person.door, members: [...person.door.members, replica.member] };
    const account = { user: person.user.username, password: person.password, database: stage.database };
    return {
      replica,
      person: {
        ...person,
        door,
        loginThere: (password = person.password) => openSession(replica.at, { ...account, password }),
        revoke: () => adapter.revoke(door, person.known, clock),
      },
    };
  }

  const loginsOn = (replica: Replica, name: string) =>
    run(
      replica.at,
      harness.backend().root,
      `SELECT name, is_disabled AS disabled FROM sys.server_principals WHERE name = N'${name}'`,
    );

  onReplica(
    "a login that came along to a replica is thrown out and dropped there as well",
    async (stage, person, replica) => {
      const session = await person.loginThere();
      const checks = await adapter.doctor(person.door, [stage.reader]);
      expect(checks.slice(-2).map(({ id, ok }) => [id, ok])).toEqual([
        ["member:replica", true],
        ["replicas", true],
      ]);
      expect((await adapter.inspect(person.door, person.known, clock)).residue).toContainEqual({
        kind: "user",
        where: "replica",
        what: `login ${person.user.username}`,
      });
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt.sessionsEnded).toBe(1);
      await expectGone(stage, person, receipt);
      expect(receipt.members.map(({ member }) => member)).toEqual(["writer", "replica"]);
      expect(await loginsOn(replica, person.user.username)).toEqual([]);
      expect(await refusal(harness, person.loginThere())).toBe("no login");
    },
  );

  onReplica("a new password is the only one on a replica, too", async (stage, person) => {
    const session = await person.loginThere();
    const { secret, verifier } = newUser(harness, stage);
    await adapter.changePassword(person.door, person.known, verifier);
    await session.ended;
    expect(await refusal(harness, person.loginThere())).toBe("no login");
    await (await person.loginThere(secret)).close();
    await expectGone(stage, person, await person.revoke());
  });

  onReplica(
    "a new password that a replica does not hear of is an error, and all others have it",
    async (stage, person, replica) => {
      const gone = { ...replica.member, id: "gone", port: 1 };
      const [writer] = person.door.members;
      if (!writer) throw new Error("every stage has a writer");
      const door = { ...person.door, members: [writer, gone, replica.member] };
      const { secret, verifier } = newUser(harness, stage);
      await expect(adapter.changePassword(door, person.known, verifier)).rejects.toMatchObject({
        code: "DATABASE_UNREACHABLE",
      });
      await (await person.loginThere(secret)).close();
      await (await stage.login(person.user.username, secret)).close();
      await expectGone(stage, person, await person.revoke());
    },
  );

  onReplica(
    "a job that runs as the login on a replica keeps the login there, fenced and named",
    async (stage, person, replica) => {
      const root = (sql: string) => run(replica.at, harness.backend().root, sql);
      await root(
        `EXEC msdb.dbo.sp_add_job @job_name = N'there', @owner_login_name = N'${person.user.username}'`,
      );
      const receipt = await person.revoke();
      expect(receipt.residue).toEqual([
        {
          kind: "executable",
          where: "replica",
          what: "job there, which is disabled",
          statement: "EXEC msdb.dbo.sp_delete_job @job_name = N'there'",
        },
        { kind: "user", where: "replica", what: `login ${person.user.username}` },
      ]);
      expect(receipt).toMatchObject({ users: 1, objects: 1 });
      expect(await refusal(harness, person.loginThere())).toBe("no login");
      await root("EXEC msdb.dbo.sp_delete_job @job_name = N'there'");
      await expectGone(stage, person, await person.revoke());
      expect(await loginsOn(replica, person.user.username)).toEqual([]);
    },
  );

  onReplica(
    "a login of the same name on a replica that has another mark is named and never touched",
    async (stage, person, replica) => {
      const { username } = person.user;
      const root = (sql: string) => run(replica.at, harness.backend().root, sql);
      await root(
        `DROP LOGIN [${username}]; CREATE LOGIN [${username}] WITH PASSWORD = N'Theirs-1', CHECK_POLICY = OFF`,
      );
      const theirs = await openSession(replica.at, { user: username, password: "Theirs-1" });
      const receipt = await person.revoke();
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ where, what }) => `${where}: ${what}`)).toContain(
        `replica: login ${username}, which dblease did not make`,
      );
      expect(await theirs.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
      expect(await loginsOn(replica, username)).toEqual([{ name: username, disabled: 0 }]);
      await theirs.close();
      await root(`DROP LOGIN [${username}]`);
      await expectGone(stage, person, await person.revoke());
    },
  );
}
