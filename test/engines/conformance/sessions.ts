/** People who do not let go: each of them has lost access when the revoke says so. */
import { expect } from "vitest";
import type { Harness, Session } from "./harness.ts";
import { expectGone, granted, refusal, story } from "./story.ts";

/** Runs inside one session until it ends; what the session holds on to. */
const clinging: Record<string, (session: Session) => Promise<unknown>> = {
  "an open cursor": async (session) => {
    await session.query("BEGIN");
    await session.query("DECLARE rows CURSOR FOR SELECT * FROM app.orders");
    await session.query("FETCH 1 FROM rows");
  },
  "a temporary table": (session) => session.query("CREATE TEMP TABLE copy AS SELECT * FROM app.orders"),
  "a statement that sleeps": async (session) => {
    session.query("SELECT pg_sleep(600)").catch(() => {});
  },
  "a loop that catches every error": async (session) => {
    session
      .query(`DO $$ BEGIN LOOP BEGIN PERFORM count(*) FROM app.orders; PERFORM pg_sleep(0.001);
        EXCEPTION WHEN OTHERS OR QUERY_CANCELED OR ASSERT_FAILURE THEN NULL; END; END LOOP; END $$`)
      .catch(() => {});
  },
  "its own role in an open transaction": async (session) => {
    await session.query("BEGIN");
    await session.query("ALTER ROLE CURRENT_USER PASSWORD 'mine-now'");
    await session.query("ALTER ROLE CURRENT_USER SET work_mem = '1MB'");
  },
  "an advisory lock and an open transaction": async (session) => {
    await session.query("BEGIN");
    await session.query("SELECT pg_advisory_lock(7), count(*) FROM app.orders");
  },
};

export function sessionStories<Connection>(harness: Harness<Connection>): void {
  for (const [what, cling] of Object.entries(clinging)) {
    story(harness, `a session that holds ${what} ends`, async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      await cling(session);
      const receipt = await person.revoke();
      await session.ended;
      expect(receipt.sessionsEnded).toBe(1);
      expect(receipt.moved).toEqual([]);
      await expectGone(stage, person, receipt);
    });
  }

  story(harness, "sessions that come back in a loop find the door shut", async (stage) => {
    const person = await granted(harness, stage);
    let reading = true;
    const afterReceipt: string[] = [];
    let receiptThere = false;
    const loops = [1, 2, 3].map(async () => {
      while (reading) {
        try {
          const session = await person.login();
          await session.query("SELECT count(*) FROM app.orders");
          if (receiptThere) afterReceipt.push("a read succeeded");
          await session.close();
        } catch {
          // Refused or thrown out: at once again.
        }
      }
    });
    await (await person.login()).query("SELECT count(*) FROM app.orders");
    const receipt = await person.revoke();
    receiptThere = true;
    await refusal(person.login());
    await refusal(person.login());
    reading = false;
    await Promise.all(loops);
    expect(afterReceipt).toEqual([]);
    await expectGone(stage, person, receipt);
  });

  story(harness, "sessions that lock their own role in a loop delay nothing", async (stage) => {
    const person = await granted(harness, stage);
    let locking = true;
    const loops = [1, 2, 3].map(async () => {
      while (locking) {
        try {
          const session = await person.login();
          await session.query("BEGIN; ALTER ROLE CURRENT_USER CONNECTION LIMIT -1").catch(() => {});
          await session.query("ROLLBACK; BEGIN; ALTER ROLE CURRENT_USER SET work_mem = '1MB'");
          await session.query("ROLLBACK; BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'mine-now'");
          await session.query("SELECT pg_sleep(60)");
        } catch {
          // Thrown out or refused: at once again.
        }
      }
    });
    await (await person.login()).query("SELECT 1");
    const receipt = await person.revoke();
    locking = false;
    await Promise.all(loops);
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
    ["prepared transactions"],
  );

  story(harness, "a privilege that somebody holds locked does not keep the door open", async (stage) => {
    const person = await granted(harness, stage);
    await stage.root(`GRANT SELECT ON app.orders TO ${person.user.username} WITH GRANT OPTION`);
    const session = await person.login();
    await session.query("BEGIN");
    await session.query("GRANT SELECT ON app.orders TO app_owner");
    const receipt = await person.revoke();
    await session.ended;
    await refusal(person.login());
    expect(receipt.sessions).toBe(0);
  });

  story(
    harness,
    "a session that tried to become the group role ends, whether or not it could",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      await refusal(session.query(`SET ROLE ${stage.reader.name}`));
      await session.query("SELECT count(*) FROM app.orders");
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
      expect(await refusal(session.query(`SET ROLE ${stage.reader.name}`))).toBe("42501");
      expect(await refusal(session.query("SET ROLE jit_managed"))).toBe("42501");
      await session.close();
      await person.revoke();
    },
    ["no set role"],
  );

  story(harness, "sessions in other databases of the server end too", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login("postgres");
    const receipt = await person.revoke();
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });

  story(harness, "a user whom a person dropped by hand still loses the open session", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    await stage.root(`DROP ROLE ${person.user.username}`);
    expect(await session.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
    const receipt = await person.revoke();
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });
}
