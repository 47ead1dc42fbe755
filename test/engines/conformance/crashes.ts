/** Functions are killed between any two statements, and two of them work at once: the next one finishes the job. */
import { expect } from "vitest";
import type { Door, NewUser } from "../../../src/engines/engine.ts";
import type { Harness, Person, Stage } from "./harness.ts";
import { interruptedDoor, interruptedInside } from "./interrupted-door.ts";
import { clock, count, expectGone, granted, newUser, refusal, story } from "./story.ts";

const never = Number.POSITIVE_INFINITY;

export function crashStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  story(
    harness,
    "a revoke of a user with nothing takes four round trips after the login, a grant one",
    async (stage) => {
      const { user } = newUser(harness, stage);
      const granting = interruptedDoor(stage.door(user.marker.grantId), never);
      await adapter.grant(granting.door, user);
      expect(granting.sent()).toBe(1);
      const revoking = interruptedDoor(stage.door(user.marker.grantId), never);
      await expectGone(stage, { known: user }, await adapter.revoke(revoking.door, user, clock));
      expect(revoking.sent()).toBe(4);
    },
  );

  /** A door that vanishes after `steps` messages; of an engine that commits each statement, after so many of these. */
  function vanishing(door: Door<Connection>, steps: number): Door<Connection> {
    return harness.split
      ? interruptedInside(door, steps, harness.split)
      : interruptedDoor(door, steps + 1).door;
  }

  /** Kills the revoke before its first step, its second, and so on, until one runs through. */
  async function survivesEveryKill(
    stage: Stage<Connection>,
    equip: (person: Person<Connection>) => Promise<void>,
  ): Promise<number> {
    for (let steps = 0; steps < 120; steps++) {
      const person = await granted(harness, stage);
      await equip(person);
      const door = vanishing(person.door, steps);
      const first = await adapter.revoke(door, person.known, clock).catch(() => undefined);
      await expectGone(stage, person, await person.revoke());
      if (first !== undefined) return steps + 1;
    }
    throw new Error("no revoke ran through");
  }

  story(harness, "a revoke that is killed at any point is finished by the next", async (stage) => {
    const killed = await survivesEveryKill(stage, async (person) => {
      await count(await person.login(), stage.orders);
    });
    expect(killed).toBeGreaterThan(4);
  });

  story(
    harness,
    "a revoke that moves data in two databases survives a kill at any point",
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

  /** Kills a grant before its first step, its second, and so on; `finish` has to mend each of them. */
  async function afterEveryKill(
    stage: Stage<Connection>,
    finish: (it: { user: NewUser; secret: string; door: Door<Connection> }) => Promise<void>,
  ): Promise<void> {
    let opened = 0;
    for (let steps = 0; steps < 60; steps++) {
      const { user, secret } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      const outcome = await refusal(harness, adapter.grant(vanishing(door, steps), user));
      if (outcome !== "nothing refused") {
        expect(outcome).toBe("UNAVAILABLE");
        const login = await refusal(harness, stage.login(user.username, secret));
        if (login === "nothing refused") opened += 1;
        else expect(login).toBe("no login");
      }
      await finish({ user, secret, door });
      if (outcome !== "nothing refused") continue;
      // The user comes alive by the last change of all: a kill between it and the answer is the only one that can leave it open.
      expect(opened).toBeLessThanOrEqual(1);
      return;
    }
    throw new Error("no grant ran through");
  }

  story(
    harness,
    "a grant that is killed at any point leaves nothing that its clean-up does not find",
    async (stage) =>
      afterEveryKill(stage, async ({ user, door }) =>
        expectGone(stage, { known: user }, await adapter.revoke(door, user, clock)),
      ),
  );

  story(harness, "a grant that is killed at any point is finished by its repetition", async (stage) =>
    afterEveryKill(stage, async ({ user, secret, door }) => {
      const { userOid } = await adapter.grant(door, user);
      const session = await stage.login(user.username, secret);
      expect(await count(session, stage.orders)).toBe(3);
      await session.close();
      const known = { ...user, userOid };
      await expectGone(stage, { known }, await adapter.revoke(door, known, clock));
    }),
  );

  story(harness, "two revokes at once both end with a clean receipt", async (stage) => {
    for (let round = 0; round < 5; round++) {
      const person = await granted(harness, stage);
      const session = await person.login();
      await count(session, stage.orders);
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
      const { user, secret } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      const hold = await stage.hold(user.username, user.marker);
      const granting = adapter.grant(door, user).then(
        () => "granted",
        (error: unknown) =>
          typeof error === "object" && error && "code" in error ? String(error.code) : "failed",
      );
      let seen = false;
      for (let look = 0; look < 200 && !seen; look++) seen = await hold.waits();
      const receipt = await adapter.revoke(door, user, clock);
      await hold.release();
      expect(seen).toBe(true);
      expect(await granting).toBe("UNAVAILABLE");
      await expectGone(stage, { known: user }, receipt);
      expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
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
