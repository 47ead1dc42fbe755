/** Locks and drops let open sessions go on; only their end is an end. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Session } from "../conformance/harness.ts";
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
import type { MysqlHarness } from "../harness/mysql.ts";
import { slowLogin } from "../harness/slow-mysql-login.ts";

export function sessionStories(harness: MysqlHarness): void {
  const { adapter } = harness;

  story(harness, "a lock by hand leaves the session reading; the revoke does not", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    await stage.lock(person.user.username);
    expect(await count(session, stage.orders)).toBe(3);
    const receipt = await person.revoke();
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });

  story(harness, "a drop by hand leaves the session reading; the revoke does not", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    await count(session, stage.orders);
    await stage.dropLogin(person.user.username);
    // It even goes on to read, by the role that is active in it.
    expect(await count(session, stage.orders)).toBe(3);
    const receipt = await person.revoke();
    await session.ended;
    expect(receipt.sessionsEnded).toBe(1);
    await expectGone(stage, person, receipt);
  });

  story(harness, "a session that is open is never taken for one that is only listed", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    const [row] = await session.query("SELECT CONNECTION_ID() AS id");
    expect((await stage.isDead?.(`session ${row?.id}`)) ?? false).toBe(false);
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "two hundred sessions end", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    const { userOid } = await adapter.grant(door, { ...user, connectionLimit: 200 });
    const sessions = await Promise.all(Array.from({ length: 200 }, () => stage.login(user.username, secret)));
    for (const session of sessions.slice(0, 50)) session.query("SELECT SLEEP(600)").catch(() => {});
    const receipt = await adapter.revoke(door, { ...user, userOid }, clock);
    await Promise.all(sessions.map(({ ended }) => ended));
    expect(receipt.sessionsEnded).toBe(200);
    const person = { known: { ...user, userOid }, login: () => stage.login(user.username, secret) };
    await expectGone(stage, person, receipt);
  });

  story(harness, "twenty clients that come back in a loop find the door shut", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    await adapter.grant(door, { ...user, connectionLimit: 200 });
    let trying = true;
    let proved = false;
    let inAfterwards = 0;
    const sessions: Session[] = [];
    const loops = Array.from({ length: 20 }, async () => {
      while (trying) {
        const session = await stage.login(user.username, secret).catch(() => undefined);
        if (session) sessions.push(session);
        if (session && proved) inAfterwards += 1;
        // Some stay, some go.
        if (Math.random() < 0.5) await session?.close();
      }
    });
    await (await stage.login(user.username, secret)).query("SELECT 1");
    const receipt = await adapter.revoke(door, user, clock);
    proved = true;
    await refusal(harness, stage.login(user.username, secret));
    trying = false;
    await Promise.all(loops);
    expect(inAfterwards).toBe(0);
    await Promise.all(sessions.map(({ ended }) => ended));
    const person = { known: user, login: () => stage.login(user.username, secret) };
    await expectGone(stage, person, receipt);
  });

  // MySQL lets it in and then ends it: mysql-slow-login.test.ts.
  if (harness.flavour === "mariadb") {
    story(
      harness,
      "a login that named its user before the lock and answers after the drop does not outlive the revoke",
      async (stage) => {
        const person = await granted(harness, stage);
        const { host, port, ca } = stage.server;
        const login = slowLogin({
          host,
          port,
          user: person.user.username,
          password: person.password,
          ssl: { ca },
        });
        await login.isNamed;
        const receipt = await person.revoke();
        login.answer();
        expect(await login.outcome).toBe("refused");
        await expectGone(stage, person, receipt);
      },
    );
  }

  story(
    harness,
    "a slow login of somebody else holds up a revoke, and no longer than it must",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createLogin("loud", "loud");
      const { host, port, ca } = stage.server;
      const login = slowLogin({ host, port, user: "loud", password: "loud", ssl: { ca } });
      await login.isNamed;
      await expectGone(stage, person, await person.revoke());
      login.answer();
      await login.outcome;
      await stage.dropLogin("loud");
    },
  );

  story(harness, "a grant that waited past its deadline makes nobody who can log in", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    const hold = await stage.hold(user.username, user.marker);
    const granting = refusal(harness, adapter.grant(door, { ...user, deadline: inSeconds(1) }));
    while (!(await hold.waits()));
    await sleep(1500);
    await hold.release();
    expect(await granting).toBe("DEADLINE_PASSED");
    expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
    await expectGone(stage, { known: user }, await adapter.revoke(door, user, clock));
  });
}
