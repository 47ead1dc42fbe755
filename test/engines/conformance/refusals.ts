/** What an engine must not do, whoever asks. */
import fc from "fast-check";
import { expect } from "vitest";
import type { Door, NewUser } from "../../../src/engines/engine.ts";
import type { Harness } from "./harness.ts";
import { clock, count, expectGone, granted, inSeconds, newUser, refusal, story } from "./story.ts";

/** A way that must never be walked: opening it fails the test. */
function closedDoor<Connection>(door: Door<Connection>): Door<Connection> {
  return { ...door, open: () => Promise.reject(new Error("the server was asked")) };
}

const statement = `x"; DROP SCHEMA app CASCADE; --`;
const literalEnd = `x'; DROP SCHEMA app CASCADE; --`;
const dollarEnd = "x$$; DROP SCHEMA app CASCADE; --";

export function refusalStories<Connection>(harness: Harness<Connection>): void {
  const { adapter } = harness;

  story(harness, "a user of our name with another marker is never touched", async (stage) => {
    for (const label of [undefined, "made by hand", "dblease:other:0123456789ab"]) {
      const { user, verifier } = newUser(harness, stage);
      await stage.createForeign(user.username, "theirs", label);
      const session = await stage.login(user.username, "theirs");
      const door = stage.door(user.marker.grantId);
      const before = await stage.stored(user.username);
      for (const attempt of [
        () => adapter.grant(door, user),
        () => adapter.revoke(door, user, clock),
        () => adapter.inspect(door, user, clock),
        () => adapter.extend(door, user, inSeconds(60)),
        () => adapter.changePassword(door, user, verifier),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: "FOREIGN_USER" });
      }
      expect(await session.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
      expect(await stage.stored(user.username)).toEqual(before);
      await session.close();
      await stage.dropLogin(user.username);
    }
  });

  story(harness, "a grant of another installation is foreign, too", async (stage) => {
    const person = await granted(harness, stage);
    const elsewhere = { ...person.known, marker: { ...person.known.marker, installation: "elsewhere" } };
    await expect(adapter.revoke(person.door, elsewhere, clock)).rejects.toMatchObject({
      code: "FOREIGN_USER",
    });
    await (await person.login()).close();
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "a malformed verifier never reaches the server", async (stage) => {
    const { user, verifier: good } = newUser(harness, stage);
    const door = closedDoor(stage.door(user.marker.grantId));
    for (const verifier of [...harness.badVerifiers(good), "password", "", literalEnd]) {
      const known = { username: user.username, marker: user.marker };
      await expect(adapter.grant(door, { ...user, verifier })).rejects.toMatchObject({
        code: "BAD_VERIFIER",
      });
      await expect(adapter.changePassword(door, known, verifier)).rejects.toMatchObject({
        code: "BAD_VERIFIER",
      });
    }
  });

  story(harness, "SQL in any field of a grant is refused before the server is asked", async (stage) => {
    const { user } = newUser(harness, stage);
    const door = closedDoor(stage.door(user.marker.grantId));
    for (const evil of [statement, literalEnd, dollarEnd, "", "Upper", "a".repeat(31), "ö", "a\0b"]) {
      const changes: Partial<NewUser>[] = [
        { username: evil },
        { groupRole: evil },
        {
          marker: {
            installation: evil === "Upper" || evil.length > 30 ? statement : evil,
            grantId: user.marker.grantId,
          },
        },
        { marker: { installation: "test", grantId: evil } },
      ];
      for (const change of changes) {
        await expect(adapter.grant(door, { ...user, ...change })).rejects.toMatchObject({ code: "BAD_NAME" });
      }
      await expect(adapter.prepare(door, [{ name: evil, scopes: [] }])).rejects.toMatchObject({
        code: "BAD_NAME",
      });
    }
    for (const at of [literalEnd, "", "2026-13-01"]) {
      await expect(adapter.grant(door, { ...user, expiresAt: at })).rejects.toThrow(RangeError);
      await expect(adapter.grant(door, { ...user, deadline: at })).rejects.toThrow(RangeError);
    }
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await expect(adapter.grant(door, { ...user, connectionLimit: limit })).rejects.toThrow(RangeError);
    }
    const known = { username: user.username, marker: user.marker, userOid: "1; DROP SCHEMA app" };
    await expect(adapter.revoke(stage.door(user.marker.grantId), known, clock)).rejects.toThrow();
    expect(await count({ query: stage.admin }, stage.orders)).toBe(3);
  });

  story(
    harness,
    "schemas, tables and columns may have any name there is",
    async (stage) => {
      const names = fc
        .string({ minLength: 1, maxLength: 15, unit: "grapheme-ascii" })
        .filter((name) => harness.canName(name));
      await fc.assert(
        fc.asyncProperty(names, names, names, async (ending, table, column) => {
          const schema = `s ${ending}`;
          await stage.createNamed(schema, table, column);
          const role = {
            name: stage.reader.name,
            scopes: [
              ...stage.reader.scopes,
              { schemas: [schema], columns: { [table]: [column] }, privileges: ["select" as const] },
            ],
          };
          await adapter.prepare(stage.door(), [role]);
          const failed = (await adapter.doctor(stage.door(), [role])).find(
            ({ id }) => id === `rights:${role.name}`,
          );
          expect(failed).toMatchObject({ ok: true });
          await stage.dropSchema(schema);
        }),
        { numRuns: 15, examples: [[`"; DROP SCHEMA app; --`, `'"$$`, "Ö\\"]] },
      );
    },
    ["column select"],
  );

  story(harness, "a grant whose deadline has passed makes no user", async (stage) => {
    const { user } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    await expect(adapter.grant(door, { ...user, deadline: inSeconds(-1) })).rejects.toMatchObject({
      code: "DEADLINE_PASSED",
    });
    const receipt = await adapter.revoke(door, user, clock);
    expect(receipt.userOid).toBeUndefined();
    await expectGone(stage, { known: user }, receipt);
  });

  story(harness, "a late repetition of a grant does not unfence anybody", async (stage) => {
    const person = await granted(harness, stage);
    await stage.lock(person.user.username);
    await expect(
      adapter.grant(person.door, { ...person.user, deadline: inSeconds(-1) }),
    ).rejects.toMatchObject({
      code: "DEADLINE_PASSED",
    });
    expect(await refusal(harness, person.login())).toBe("no login");
    await expectGone(stage, person, await person.revoke());
  });

  story(harness, "a role that was never prepared is named", async (stage) => {
    const { user } = newUser(harness, stage);
    const door = stage.door(user.marker.grantId);
    await expect(adapter.grant(door, { ...user, groupRole: "no_such_role" })).rejects.toMatchObject({
      code: "NOT_PREPARED",
      next: "dblease databases prepare",
    });
    await expectGone(stage, { known: user }, await adapter.revoke(door, user, clock));
  });

  story(harness, "a server that is not there is an error, never a receipt", async (stage) => {
    const person = await granted(harness, stage);
    const gone = {
      ...person.door,
      open: () => stage.login("nobody", "nothing").then(() => person.door.open()),
    };
    await expect(adapter.revoke(gone, person.known, clock)).rejects.toMatchObject({
      code: expect.any(String),
    });
    await expectGone(stage, person, await person.revoke());
  });
}
