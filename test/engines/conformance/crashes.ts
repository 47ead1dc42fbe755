/** Functions are killed between any two statements, and two of them work at once: the next one finishes the job. */
import { expect } from "vitest";
import type { Harness, Person, Stage } from "./harness.ts";
import { interruptedDoor } from "./interrupted-door.ts";
import { clock, expectGone, granted, newUser, refusal, story } from "./story.ts";

const never = Number.POSITIVE_INFINITY;

export function crashStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  story(
    harness,
    "a revoke of a user with nothing takes four round trips after the login, a grant one",
    async (stage) => {
      const { user } = newUser(stage);
      const granting = interruptedDoor(stage.door(user.marker.grantId), never);
      await adapter.grant(granting.door, user);
      expect(granting.sent()).toBe(1);
      const revoking = interruptedDoor(stage.door(user.marker.grantId), never);
      await expectGone(stage, { known: user }, await adapter.revoke(revoking.door, user, clock));
      expect(revoking.sent()).toBe(4);
    },
  );

  /** Kills the revoke before its first message, its second, and so on, until one runs through. */
  async function survivesEveryKill(
    stage: Stage<Connection>,
    equip: (person: Person<Connection>) => Promise<void>,
  ): Promise<number> {
    for (let before = 1; before < 60; before++) {
      const person = await granted(harness, stage);
      await equip(person);
      const { door } = interruptedDoor(person.door, before);
      const first = await adapter.revoke(door, person.known, clock).catch(() => undefined);
      await expectGone(stage, person, await person.revoke());
      if (first !== undefined) return before;
    }
    throw new Error("no revoke ran through");
  }

  story(
    harness,
    "a revoke that is killed before any of its messages is finished by the next",
    async (stage) => {
      const killed = await survivesEveryKill(stage, async (person) => {
        await (await person.login()).query("SELECT count(*) FROM app.orders");
      });
      expect(killed).toBeGreaterThan(4);
    },
  );

  story(
    harness,
    "a revoke that moves data in two databases survives a kill before any of its messages",
    async (stage) => {
      let round = 0;
      const [other] = await stage.root(
        "SELECT datname AS name FROM pg_database WHERE datname LIKE 'other_%' ORDER BY oid DESC LIMIT 1",
      );
      const elsewhere = String(other?.name);
      const killed = await survivesEveryKill(stage, async (person) => {
        round += 1;
        await stage.root(`GRANT CREATE ON SCHEMA app TO ${person.user.username}`);
        await stage.root(`GRANT CREATE ON SCHEMA public TO ${person.user.username}`, elsewhere);
        const [here, there] = [await person.login(), await person.login(elsewhere)];
        await here.query(
          `CREATE TABLE app.copy_${round} AS SELECT * FROM app.orders; GRANT SELECT ON app.copy_${round} TO PUBLIC`,
        );
        await there.query(`CREATE TABLE public.copy_${round} AS SELECT 1 AS id`);
      });
      expect(killed).toBeGreaterThan(8);
      const kept = `SELECT count(*)::int AS tables, bool_and(relowner = 'jit_graveyard'::regrole AND (relacl IS NULL OR relacl::text !~ '[{,]=')) AS closed
        FROM pg_class WHERE relname ~ '^copy_[0-9]+$'`;
      expect(await stage.root(kept)).toEqual([{ tables: round, closed: true }]);
      expect(await stage.root(kept, elsewhere)).toEqual([{ tables: round, closed: true }]);
    },
    ["ownership"],
  );

  story(harness, "a grant that is killed leaves nothing that its clean-up does not find", async (stage) => {
    const { user } = newUser(stage);
    const door = stage.door(user.marker.grantId);
    expect(await refusal(adapter.grant(interruptedDoor(door, 1).door, user))).toBe("UNAVAILABLE");
    await expectGone(stage, { known: user }, await adapter.revoke(door, user, clock));
  });

  story(harness, "two revokes at once both end with a clean receipt", async (stage) => {
    for (let round = 0; round < 5; round++) {
      const person = await granted(harness, stage);
      const session = await person.login();
      await session.query("SELECT count(*) FROM app.orders");
      const receipts = await Promise.all([person.revoke(), person.revoke(), person.revoke()]);
      await session.ended;
      for (const receipt of receipts) await expectGone(stage, person, receipt);
    }
  });

  story(
    harness,
    "two revokes at once that both have data to move lose none of it",
    async (stage) => {
      for (let round = 0; round < 5; round++) {
        const person = await granted(harness, stage);
        await stage.root(`GRANT CREATE ON SCHEMA app TO ${person.user.username}`);
        const session = await person.login();
        await session.query(`CREATE TABLE app.copy_${round} AS SELECT * FROM app.orders`);
        const receipts = await Promise.all([person.revoke(), person.revoke()]);
        for (const receipt of receipts) await expectGone(stage, person, receipt);
        expect(await stage.root(`SELECT count(*)::int AS rows FROM app.copy_${round}`)).toEqual([
          { rows: 3 },
        ]);
      }
    },
    ["ownership"],
  );

  story(
    harness,
    "a grant that hangs is ended by the revoke and does not come alive afterwards",
    async (stage) => {
      const { user, secret } = newUser(stage);
      const door = stage.door(user.marker.grantId);
      // An unfinished user of the same name: the grant waits inside its transaction until it is rolled back.
      const blocker = await stage.adminSession();
      await blocker.query(`BEGIN; CREATE ROLE ${user.username}`);
      const granting = adapter.grant(door, user).then(
        () => "granted",
        (error: unknown) => (error instanceof Error ? error.name : "failed"),
      );
      const waiting = `SELECT 1 AS one FROM pg_stat_activity WHERE application_name = 'dblease/${user.marker.grantId}' AND wait_event_type = 'Lock'`;
      let seen = 0;
      for (let look = 0; look < 200 && seen === 0; look++) seen = (await stage.root(waiting)).length;
      const receipt = await adapter.revoke(door, user, clock);
      await blocker.query("ROLLBACK");
      await blocker.close();
      expect(seen).toBe(1);
      expect(await granting).toBe("UNAVAILABLE");
      await expectGone(stage, { known: user }, receipt);
      expect(await refusal(stage.login(user.username, secret))).toBe("28P01");
    },
  );

  story(harness, "eight grants and revokes at a time fail in none and leave nobody", async (stage) => {
    const life = async () => {
      for (let round = 0; round < 6; round++) {
        const person = await granted(harness, stage);
        await expectGone(stage, person, await person.revoke());
      }
    };
    await Promise.all(Array.from({ length: 8 }, life));
  });
}
