/** From grant to receipt, when nothing goes wrong. */
import { expect } from "vitest";
import type { Harness } from "./harness.ts";
import { clock, count, expectGone, granted, inSeconds, newUser, refusal, story } from "./story.ts";

export function lifeStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  story(harness, "a granted user reads what the role opens and writes nothing", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    expect(await count(session, stage.orders)).toBe(3);
    expect(await refusal(harness, session.query(`DELETE FROM ${stage.orders}`))).toBe("denied");
    const create = session.query(`CREATE TABLE ${stage.schema}.mine (id int)`);
    expect(await refusal(harness, create)).toBe("denied");
    await session.close();
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "a revoke ends the open session, refuses the next login and proves both", async (stage) => {
    const person = await granted(harness, stage);
    const session = await person.login();
    const receipt = await person.revoke();
    await session.ended;
    expect(await refusal(harness, session.query("SELECT 1"))).not.toBe("nothing refused");
    expect(await refusal(harness, person.login())).toBe("no login");
    expect(receipt.sessionsEnded).toBe(1);
    expect(receipt).toMatchObject({
      username: person.user.username,
      userOid: person.known.userOid,
      moved: [],
    });
    expect(receipt.members.map(({ member, sessions }) => ({ member, sessions }))).toEqual([
      { member: "writer", sessions: 0 },
    ]);
    await expectGone(stage, person, receipt);
  });

  story(harness, "inspect tells what exists and changes nothing", async (stage) => {
    const memberships = harness.memberOf(stage.reader.name);
    const person = await granted(harness, stage);
    const session = await person.login();
    const found = await adapter.inspect(person.door, person.known, clock);
    expect(found).toMatchObject({ users: 1, sessions: 1, privileges: memberships.length, objects: 0 });
    expect(found.residue.map(({ kind }) => kind).sort()).toEqual([
      ...memberships.map(() => "membership"),
      "session",
      "user",
    ]);
    expect(await count(session, stage.orders)).toBe(3);
    await session.close();
    await person.revoke();
    await expectGone(stage, person, await adapter.inspect(person.door, person.known, clock));
  });

  story(harness, "every step may be repeated", async (stage) => {
    const person = await granted(harness, stage);
    const again = await adapter.grant(person.door, person.user);
    expect(again.userOid).toBe(person.known.userOid);
    await (await person.login()).close();
    await expectGone(stage, person, await person.revoke());
    const twice = await person.revoke();
    expect(twice.droppedAt).toBeUndefined();
    await expectGone(stage, person, twice);
  });

  story(harness, "a user that never was is gone already", async (stage) => {
    const { user } = newUser(harness, stage);
    const known = { username: user.username, marker: user.marker };
    const receipt = await adapter.revoke(stage.door(user.marker.grantId), known, clock);
    await expectGone(stage, { known }, receipt);
  });

  story(harness, "list shows the live user with its marker, expiry and group", async (stage) => {
    const person = await granted(harness, stage);
    const users = await adapter.list(stage.door(), [stage.reader.name]);
    expect(users.find(({ username }) => username === person.user.username)).toEqual({
      username: person.user.username,
      userOid: person.known.userOid,
      marker: `dblease:test:${person.user.marker.grantId}`,
      canLogin: true,
      ...(harness.tokenOf ? { byIam: true } : {}),
      validUntil: harness.storedInstant(person.user.expiresAt),
      memberOf: harness.memberOf(stage.reader.name),
      attributes: [],
    });
    expect(users.map(({ username }) => username)).not.toContain(stage.reader.name);
    await person.revoke();
  });

  story(
    harness,
    "list shows who else is a member of a group role, and what anybody may beyond that",
    async (stage) => {
      const person = await granted(harness, stage);
      await stage.createLogin("stranger", "stranger");
      await stage.join("stranger");
      const power = await stage.empower("stranger");
      expect(await stage.empower(person.user.username)).toBe(power);
      const users = await adapter.list(stage.door(), [stage.reader.name]);
      expect(users.find(({ username }) => username === "stranger")).toMatchObject({
        memberOf: [stage.reader.name],
        attributes: [power],
      });
      expect(users.find(({ username }) => username === person.user.username)?.attributes).toEqual([power]);
      await stage.dropLogin("stranger");
      await person.revoke();
    },
  );

  const { logins } = adapter;
  if (logins) {
    story(harness, "logins shows everybody who may log in, and bars whoever should not", async (stage) => {
      await stage.createLogin("stranger", "stranger");
      const power = await stage.empower("stranger");
      const session = await stage.login("stranger", "stranger");
      const stranger = async () => {
        const found = await logins(stage.door());
        expect(found.find(({ own }) => own === "admin")).toBeDefined();
        return found.find(({ name }) => name === "stranger");
      };
      const user = await stranger();
      expect(user).toMatchObject({ byIam: false, powers: [power], sessions: 1, addresses: 1 });
      expect(user?.own).toBeUndefined();
      await session.close();
      await stage.root(`${user?.bar}`);
      await expect(stage.login("stranger", "stranger")).rejects.toThrow();
      expect(await stranger()).toBeUndefined();
      await stage.dropLogin("stranger");
    });
  }

  story(harness, "extend moves the engine's own expiry and never makes a user", async (stage) => {
    const person = await granted(harness, stage);
    const later = inSeconds(3600);
    await adapter.extend(person.door, person.known, later);
    const users = await adapter.list(stage.door(), [stage.reader.name]);
    expect(users.find(({ username }) => username === person.user.username)?.validUntil).toBe(
      harness.storedInstant(later),
    );
    await person.revoke();
    await expect(adapter.extend(person.door, person.known, later)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    await expectGone(stage, person, await adapter.inspect(person.door, person.known, clock));
  });

  story(
    harness,
    "a fresh verifier ends the old password and the sessions it opened",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      const { secret, verifier } = newUser(harness, stage);
      await adapter.changePassword(person.door, person.known, verifier);
      await session.ended;
      expect(await refusal(harness, person.login())).toBe("no login");
      await (await stage.login(person.user.username, secret)).close();
      await person.revoke();
      await expect(adapter.changePassword(person.door, person.known, verifier)).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    },
    ["verifiers"],
  );

  story(harness, "a login past its expiry opens nothing, with dblease down", async (stage) => {
    const { user, secret } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    await adapter.grant(door, { ...user, expiresAt: inSeconds(-1) });
    expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
    await adapter.revoke(door, user, clock);
  });

  story(harness, "the plan shows the statements and no verifier", async (stage) => {
    const { user, verifier } = newUser(harness, stage);
    const plan = adapter.plan(user, harness.tokenOf ? "iam" : "native");
    const text = [...plan.grant, ...plan.revoke].join("\n");
    expect(text.toLowerCase()).toContain(user.username);
    expect(text.toLowerCase()).toContain(user.groupRole);
    expect(plan.revoke.at(-1)).toMatch(harness.planEnds);
    expect(text).not.toContain(verifier);
    expect(text.includes("<verifier>")).toBe(harness.tokenOf === undefined);
  });
}
