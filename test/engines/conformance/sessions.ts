/** People who do not let go: each of them has lost access when the revoke says so. */
import { expect } from "vitest";
import type { Harness, Session } from "./harness.ts";
import { count, expectGone, granted, refusal, story } from "./story.ts";

export function sessionStories<Connection>(harness: Harness<Connection>): void {
  for (const [what, cling] of Object.entries(harness.clinging)) {
    story(harness, `a session that holds ${what} ends`, async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      await cling(session, stage.orders);
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt.sessionsEnded).toBe(1);
      expect(receipt.ended).toMatchObject([
        harness.endedSession ?? {
          address: harness.clientAddress ?? "127.0.0.1",
          connection: expect.stringMatching(/^\d+(\.\d+){3}\W/),
        },
      ]);
      expect(receipt.moved).toEqual([]);
      await expectGone(stage, person, receipt);
    });
  }

  story(harness, "sessions that come back in a loop find the door shut", async (stage) => {
    const person = await granted(harness, stage);
    let reading = true;
    const afterReceipt: string[] = [];
    let receiptThere = false;
    const sessions: Session[] = [];
    const loops = [1, 2, 3].map(async () => {
      while (reading) {
        try {
          const session = await person.login();
          sessions.push(session);
          await count(session, stage.orders);
          if (receiptThere) afterReceipt.push("a read succeeded");
          await session.close();
        } catch {
          // Refused or thrown out: at once again.
        }
      }
    });
    await count(await person.login(), stage.orders);
    const receipt = await person.revoke();
    receiptThere = true;
    await refusal(harness, person.login());
    await refusal(harness, person.login());
    reading = false;
    await Promise.all(loops);
    expect(afterReceipt).toEqual([]);
    await Promise.all(sessions.map((it) => it.ended));
    await expectGone(stage, person, receipt);
  });

  story(harness, "sessions that change their own account in a loop delay nothing", async (stage) => {
    const person = await granted(harness, stage);
    let meddling = true;
    const sessions: Session[] = [];
    const loops = [1, 2, 3].map(async () => {
      while (meddling) {
        try {
          const session = await person.login();
          sessions.push(session);
          await harness.meddle(session, person.password);
        } catch {
          // Thrown out or refused: at once again.
        }
      }
    });
    await (await person.login()).query("SELECT 1");
    const receipt = await person.revoke();
    meddling = false;
    await Promise.all(loops);
    await Promise.all(sessions.map((it) => it.ended));
    await expectGone(stage, person, receipt);
  });

  story(
    harness,
    "a prepared transaction that locks the role is named; until it is gone the login opens nothing",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      const gid = `lock_${person.user.marker.grantId}`;
      await session.query("BEGIN");
      await session.query("ALTER ROLE CURRENT_USER PASSWORD 'mine-now'");
      await session.query(`PREPARE TRANSACTION '${gid}'`);
      await expect(person.revoke()).rejects.toMatchObject({
        code: "UNAVAILABLE",
        next: expect.stringContaining("pg_prepared_xacts"),
      });
      await session.ended;
      const again = await person.login();
      await expect(again.query("SELECT * FROM app.orders")).rejects.toThrow(/permission denied/);
      await stage.root(`ROLLBACK PREPARED '${gid}'`);
      await expectGone(stage, person, await person.revoke());
    },
    ["transactional accounts", "prepared transactions"],
  );

  story(
    harness,
    "a privilege that somebody holds locked does not keep the door open",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.root(`GRANT SELECT ON app.orders TO ${person.user.username} WITH GRANT OPTION`);
      const session = await person.login();
      await session.query("BEGIN");
      await session.query("GRANT SELECT ON app.orders TO app_owner");
      const receipt = await person.revoke();
      await session.ended;
      await refusal(harness, person.login());
      expect(receipt.sessions).toBe(0);
    },
    ["transactional accounts"],
  );

  story(
    harness,
    "a session that tried to become the group role ends, whether or not it could",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      await refusal(harness, session.query(`SET ROLE ${stage.reader.name}`));
      await count(session, stage.orders);
      const receipt = await person.revoke();
      await session.ended;
      await expectGone(stage, person, receipt);
    },
  );

  story(
    harness,
    "a user cannot become its group role",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      expect(await refusal(harness, session.query(`SET ROLE ${stage.reader.name}`))).toBe("denied");
      expect(await refusal(harness, session.query("SET ROLE jit_managed"))).toBe("denied");
      await session.close();
      await person.revoke();
    },
    ["no set role"],
  );

  story(harness, "sessions in other databases of the server end too", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login(stage.common);
    const receipt = await person.revoke();
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });

  story(
    harness,
    "a user whom a person dropped by hand still loses the open session",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      await stage.dropLogin(person.user.username);
      expect(await session.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt.sessionsEnded).toBe(1);
      await expectGone(stage, person, receipt);
    },
    ["drop while connected"],
  );
}
