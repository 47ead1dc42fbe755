/** What only Oracle has to show, told in SQL alone: on the played server and on the vendor's. */
import { expect } from "vitest";
import {
  clock,
  count,
  expectGone,
  granted,
  inSeconds,
  newUser,
  refusal,
  story,
} from "../conformance/story.ts";
import type { OracleHarness, OracleStage } from "../harness/oracle.ts";
import { rotationStories } from "./rotation.ts";

/** `on23ai`: makes the server one, for as long as the story lasts. */
export function oracleStories(
  harness: OracleHarness,
  on23ai: (tell: () => Promise<void>) => Promise<void> = (tell) => tell(),
): void {
  const { adapter } = harness;

  story(harness, "a reader locks no rows", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    expect(await count(session, stage.orders)).toBe(3);
    expect(await refusal(harness, session.query(`SELECT * FROM ${stage.orders} FOR UPDATE`))).toBe("denied");
    await session.close();
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "the server's own job locks the user at its expiry, with dblease down", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    const { userOid } = await adapter.grant(door, { ...user, expiresAt: inSeconds(2) });
    await (await stage.login(user.username, secret)).close();
    const status = () => statusOf(stage, user.username.toUpperCase());
    await expect.poll(status, { timeout: 60_000, interval: 100 }).toMatch(/\bLOCKED$/);
    expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
    const known = { ...user, userOid };
    await expectGone(stage, { known }, await adapter.revoke(door, known, clock));
  });

  story(
    harness,
    "whoever owns a table and a job is locked, and the statements that are named finish it",
    async (stage) => {
      const person = await granted(harness, stage);
      const name = person.user.username.toUpperCase();
      await stage.root(`CREATE TABLE "${name}".COPY (id NUMBER)`);
      await stage.root(
        `BEGIN DBMS_SCHEDULER.CREATE_JOB(job_name => '"${name}"."NIGHTLY"', job_type => 'PLSQL_BLOCK', job_action => 'NULL;',
        start_date => FROM_TZ(TO_TIMESTAMP('2099-01-01', 'YYYY-MM-DD'), 'UTC'), enabled => TRUE, comments => 'theirs'); END;`,
      );
      await stage.root(`GRANT SELECT ON "${name}"."COPY" TO ${stage.schema}`);
      const session = await person.login();
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt).toMatchObject({ users: 1, sessions: 0, privileges: 0, objects: 2 });
      expect(receipt.droppedAt).toBeUndefined();
      expect(receipt.residue.map(({ kind, what }) => `${kind}: ${what}`).sort()).toEqual([
        `executable: job "${name}"."NIGHTLY"`,
        `object: table "${name}"."COPY", open to ${stage.schema}`,
        `user: ${person.user.username}`,
      ]);
      expect(await refusal(harness, person.login())).toBe("no login");
      // A locked user's jobs would run on.
      const jobs = `SELECT STATE FROM SYS.DBA_SCHEDULER_JOBS WHERE OWNER = '${name}'`;
      expect(await stage.root(jobs)).toEqual([{ state: "DISABLED" }]);
      for (const { statement } of receipt.residue) if (statement) await stage.root(statement);
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(harness, "a job of somebody's that looks like ours keeps nobody's access open", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    const name = user.username.toUpperCase();
    await stage.root(
      `BEGIN DBMS_SCHEDULER.CREATE_JOB(job_name => '"${stage.schema}"."${name}"', job_type => 'PLSQL_BLOCK', job_action => 'NULL;',
        start_date => FROM_TZ(TO_TIMESTAMP('2099-01-01', 'YYYY-MM-DD'), 'UTC'), enabled => TRUE,
        comments => 'dblease:test:${user.marker.grantId}'); END;`,
    );
    const { userOid } = await adapter.grant(door, { ...user, expiresAt: inSeconds(2) });
    await (await stage.login(user.username, secret)).close();
    await expect.poll(() => statusOf(stage, name), { timeout: 60_000, interval: 100 }).toMatch(/\bLOCKED$/);
    const known = { ...user, userOid };
    await expectGone(stage, { known }, await adapter.revoke(door, known, clock));
  });

  story(harness, "a privilege on a whole schema is drift, and goes with its user", async (stage) =>
    on23ai(async () => {
      const opened = `SELECT ANY TABLE ON SCHEMA "${stage.schema}"`;
      const reader = stage.reader.name.toUpperCase();
      await stage.root(`GRANT ${opened} TO "${reader}"`);
      const failed = async () => (await adapter.doctor(stage.door(), [stage.reader])).filter(({ ok }) => !ok);
      const [drift] = await failed();
      expect(drift).toMatchObject({ repair: `REVOKE ${opened} FROM "${reader}"` });
      await stage.root(drift?.repair ?? "");
      expect(await failed()).toEqual([]);
      const person = await granted(harness, stage);
      const name = person.user.username.toUpperCase();
      await stage.root(`GRANT ${opened} TO "${name}"`);
      const { residue } = await adapter.inspect(person.door, person.known, clock);
      expect(residue).toContainEqual({
        kind: "privilege",
        where: stage.database,
        what: opened,
        statement: `REVOKE ${opened} FROM "${name}"`,
      });
      await expectGone(stage, person, await person.revoke());
    }),
  );

  story(harness, "proxies, privileges and roles that others gave are taken", async (stage) => {
    const person = await granted(harness, stage);
    const name = person.user.username.toUpperCase();
    for (const statement of [
      `ALTER USER ${stage.schema} GRANT CONNECT THROUGH "${name}"`,
      `ALTER USER "${name}" GRANT CONNECT THROUGH ${stage.schema}`,
      `GRANT DELETE ON ${stage.orders} TO "${name}"`,
      `GRANT UPDATE ("ID") ON ${stage.orders} TO "${name}"`,
      `GRANT CREATE SESSION TO "${name}"`,
    ])
      await stage.root(statement);
    const found = await adapter.inspect(person.door, person.known, clock);
    expect(found.privileges).toBe(6);
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "a profile that somebody gave to another user stays, and both are named", async (stage) => {
    const person = await granted(harness, stage);
    await stage.createLogin("borrower", "theirs");
    const marker = `dblease:test:${person.user.marker.grantId}`;
    await stage.root(`ALTER USER "BORROWER" PROFILE "${marker}"`);
    const { residue } = await person.revoke();
    expect(residue).toEqual([
      {
        kind: "user",
        where: stage.database,
        what: "borrower, which carries the mark of this grant",
        statement: 'DROP USER "BORROWER"',
      },
    ]);
    expect(await refusal(harness, person.login())).toBe("no login");
    await stage.root(residue[0]?.statement ?? "");
    const left = await adapter.inspect(person.door, person.known, clock);
    expect(left.residue).toEqual([
      {
        kind: "object",
        where: stage.database,
        what: `profile "${marker}"`,
        statement: `DROP PROFILE "${marker}"`,
      },
    ]);
    await expectGone(stage, person, await person.revoke());
  });

  rotationStories(harness);
}

async function statusOf({ root }: Pick<OracleStage, "root">, name: string): Promise<string> {
  const [user] = await root(`SELECT ACCOUNT_STATUS FROM SYS.DBA_USERS WHERE USERNAME = '${name}'`);
  return String(user?.account_status);
}
