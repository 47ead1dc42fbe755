/** What is sent: texts that never change, binds that carry everything else, and a plan that tells the truth. */
import { expect } from "vitest";
import { granted, newUser, story } from "../conformance/story.ts";
import type { PlayedHarness } from "../harness/oracle-played.ts";

export function textStories(harness: PlayedHarness): void {
  const { adapter } = harness;

  story(
    harness,
    "no text that is sent about a user has its name, its mark or its password",
    async (stage) => {
      const from = stage.server.sent.length;
      const person = await granted(harness, stage);
      await (await person.login()).query("SELECT 1");
      const { verifier } = newUser(harness, stage);
      await adapter.extend(person.door, person.known, new Date(Date.now() + 3_600_000).toISOString());
      await adapter.changePassword(person.door, person.known, verifier);
      await person.revoke();
      const texts = stage.server.sent.slice(from).map(({ sql }) => sql.toLowerCase());
      expect(texts.length).toBeGreaterThan(6);
      for (const word of [person.user.marker.grantId, person.password, verifier, stage.reader.name]) {
        expect(texts.filter((text) => text.includes(word.toLowerCase()))).toEqual([]);
      }
      const carrying = stage.server.sent.slice(from).filter(({ binds }) => "password" in binds);
      expect(carrying.map(({ binds }) => binds.password)).toEqual([person.password, verifier]);
    },
  );

  story(harness, "the plan says what is run, in its order", async (stage) => {
    const { user } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    const from = stage.server.executed.length;
    await adapter.grant(door, user);
    await adapter.revoke(door, user, () => new Date());
    const ran = stage.server.executed
      .slice(from)
      .filter((it) => !it.startsWith("DBMS_SCHEDULER"))
      .map((it) =>
        it
          .replace(/PASSWORD_LIFE_TIME \d+/, "PASSWORD_LIFE_TIME <seconds>")
          .replace(`${user.verifier}`, "<verifier>"),
      );
    const { grant, revoke } = adapter.plan(user, "native");
    // The job's own statement is run by the server, later.
    const atTheEnd = grant.findIndex((it) => it.startsWith("-- as a job")) + 1;
    const planned = [...grant.filter((_, at) => at !== atTheEnd), ...revoke];
    expect(ran).toEqual(planned.filter((it) => !it.startsWith("--") && !it.startsWith("BEGIN")));
  });

  story(
    harness,
    "a password's life in the profile ends with the grant, and follows an extension",
    async (stage) => {
      const person = await granted(harness, stage);
      const life = () => {
        const [row] = stage.server.dictionary.rows(
          "SELECT \"LIMIT\" AS life FROM DBA_PROFILES WHERE PROFILE = ? AND RESOURCE_NAME = 'PASSWORD_LIFE_TIME'",
          `dblease:test:${person.user.marker.grantId}`,
        );
        return Number(String(row?.life).split("/")[0]);
      };
      expect(life()).toBeGreaterThan(590);
      expect(life()).toBeLessThanOrEqual(601);
      await adapter.extend(person.door, person.known, new Date(Date.now() + 3_600_000).toISOString());
      expect(life()).toBeGreaterThan(3590);
      expect(life()).toBeLessThanOrEqual(3602);
      await person.revoke();
    },
  );
}
