/** What a parameter group, a replica role or a missing procedure makes of a server. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { rdsKill } from "../../../local-stack/rds-mysql-master.ts";
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
import type { MysqlHarness, MysqlStage } from "../harness/mysql.ts";

/** Defaults that every session begins with, one at a time; those that would cut our own fixtures short: mysql-defaults.test.ts. */
const defaults: Record<string, Record<string, string>> = {
  ANSI_QUOTES: { sql_mode: "'ANSI_QUOTES'" },
  NO_BACKSLASH_ESCAPES: { sql_mode: "'NO_BACKSLASH_ESCAPES'" },
  "both, and pipes that are no or": {
    sql_mode: "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE'",
  },
  "nothing strict": { sql_mode: "''" },
  "every session read-only": { tx_read_only: "ON" },
  "no automatic commit": { autocommit: "OFF" },
  "another time zone": { time_zone: "'+09:00'" },
  "a binary collation": { character_set_server: "latin1", collation_server: "latin1_bin" },
  "a commit that ends the session": { completion_type: "'RELEASE'" },
};

export function serverStories(harness: MysqlHarness): void {
  const { adapter } = harness;
  const name = (variable: string) =>
    variable === "tx_read_only" && harness.flavour === "mysql" ? "transaction_read_only" : variable;

  /** Sets these while `work` runs, whatever becomes of it. */
  async function withGlobals(
    stage: MysqlStage,
    globals: Record<string, string>,
    work: () => Promise<void>,
  ): Promise<void> {
    const names = Object.keys(globals).map(name);
    const [before = {}] = await stage.root(
      `SELECT ${names.map((it) => `@@GLOBAL.${it} AS ${it}`).join(", ")}`,
    );
    // Still without the new defaults, which would be its own as well.
    const restorer = await stage.rootSession();
    for (const [variable, value] of Object.entries(globals)) {
      await stage.root(`SET GLOBAL ${name(variable)} = ${value}`);
    }
    try {
      await work();
    } finally {
      for (const variable of names.toReversed()) {
        const value = String(before[variable]);
        await restorer.query(`SET GLOBAL ${variable} = ${/^\d+$/.test(value) ? value : `'${value}'`}`);
      }
      await restorer.close();
    }
  }

  for (const [title, globals] of Object.entries(defaults)) {
    story(harness, `a server whose default is ${title} changes nothing`, async (stage) => {
      const schema = `q'u"o\\te_${stage.schema}`;
      const [table, column] = ["t'\"\\", "c'\"\\"];
      await stage.createNamed(schema, table, column);
      const role = {
        name: stage.reader.name,
        scopes: [
          ...stage.reader.scopes,
          { schemas: [schema], columns: { [table]: [column] }, privileges: ["select" as const] },
        ],
      };
      await withGlobals(stage, globals, async () => {
        await adapter.prepare(stage.door(), [role]);
        const failed = (await adapter.doctor(stage.door(), [role])).filter(({ ok }) => !ok);
        expect(failed).toEqual([]);
        const people = [await granted(harness, stage), await granted(harness, stage)];
        const users = await adapter.list(stage.door(), [role.name]);
        for (const person of people) {
          const listed = users.find(({ username }) => username === person.user.username);
          expect(listed).toMatchObject({
            marker: `dblease:test:${person.user.marker.grantId}`,
            validUntil: harness.storedInstant(person.user.expiresAt),
            memberOf: [role.name],
          });
        }
        for (const person of people) {
          const sessions = [await person.login(), await person.login(stage.common)];
          await adapter.extend(person.door, person.known, inSeconds(900));
          expect(await adapter.inspect(person.door, person.known, clock)).toMatchObject({
            users: 1,
            sessions: 2,
            privileges: 1,
          });
          const receipt = await person.revoke();
          await Promise.all(sessions.map(({ ended }) => ended));
          expect(receipt.sessionsEnded).toBe(2);
          await expectGone(stage, person, receipt);
        }
      });
      await stage.dropSchema(schema);
    });
  }

  story(
    harness,
    "on a read-only server a grant makes nobody, and a revoke is an error and ends the sessions",
    async (stage) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      const { user, secret } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      await withGlobals(stage, { read_only: "ON" }, async () => {
        await expect(adapter.grant(door, user)).rejects.toMatchObject({ code: "UNAVAILABLE" });
        await expect(person.revoke()).rejects.toMatchObject({ code: "UNAVAILABLE" });
        await session.ended;
      });
      expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
      await expectGone(stage, { known: user }, await adapter.revoke(door, user, clock));
      await expectGone(stage, person, await person.revoke());
    },
  );

  story(
    harness,
    "the server locks an account at its expiry by itself, and not before an extension says so",
    async (stage) => {
      const { user, secret } = newUser(harness, stage);
      const door = stage.door(user.marker.grantId);
      const { userOid } = await adapter.grant(door, { ...user, expiresAt: inSeconds(4) });
      const longer = newUser(harness, stage);
      const longerDoor = stage.door(longer.user.marker.grantId);
      const made = await adapter.grant(longerDoor, { ...longer.user, expiresAt: inSeconds(4) });
      await adapter.extend(longerDoor, { ...longer.user, ...made }, inSeconds(600));
      await (await stage.login(user.username, secret)).close();
      for (let look = 0; look < 100; look++) {
        const login = await refusal(
          harness,
          stage.login(user.username, secret).then((session) => session.close()),
        );
        if (login === "no login") break;
        await sleep(200);
      }
      expect(await refusal(harness, stage.login(user.username, secret))).toBe("no login");
      await (await stage.login(longer.user.username, longer.secret)).close();
      // Locked by itself is not proved: the revoke still has its work.
      await expect(adapter.extend(door, user, inSeconds(60))).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expectGone(stage, { known: user }, await adapter.revoke(door, { ...user, userOid }, clock));
      await expectGone(stage, { known: longer.user }, await adapter.revoke(longerDoor, longer.user, clock));
    },
  );

  story(
    harness,
    "without the event scheduler doctor says that nothing else ends an access; a revoke does",
    async (stage) => {
      await withGlobals(stage, { event_scheduler: "OFF" }, async () => {
        const check = (await adapter.doctor(stage.door(), [stage.reader])).find(
          ({ id }) => id === "event_scheduler",
        );
        expect(check).toMatchObject({ ok: false, repair: expect.stringContaining("event_scheduler") });
        const person = await granted(harness, stage);
        expect(await count(await person.login(), stage.orders)).toBe(3);
        await expectGone(stage, person, await person.revoke());
      });
    },
  );

  story(
    harness,
    "where RDS's procedure is missing the admin ends sessions by its own right, or says that it cannot",
    async (stage) => {
      const privilege = harness.flavour === "mysql" ? "CONNECTION_ADMIN" : "CONNECTION ADMIN";
      const kill = async () =>
        (await adapter.doctor(stage.door(), [stage.reader])).find(({ id }) => id === "kill");
      const person = await granted(harness, stage);
      const session = await person.login();
      await stage.root("DROP PROCEDURE mysql.rds_kill");
      try {
        await expect(person.revoke()).rejects.toMatchObject({ code: "ADMIN_LACKS_RIGHTS" });
        const failed = await kill();
        expect(failed).toMatchObject({ ok: false });
        expect(await session.query("SELECT 1 AS alive")).toEqual([{ alive: 1 }]);
        await stage.root(failed?.repair ?? "");
        expect(await kill()).toMatchObject({ ok: true });
        const receipt = await person.revoke();
        await session.ended;
        await expectGone(stage, person, receipt);
      } finally {
        await stage.root(`REVOKE ${privilege} ON *.* FROM master@'%'`);
        await stage.root(rdsKill);
      }
    },
  );

  story(
    harness,
    "our admin writes nothing into the server's own schema, and no log has a password",
    async (stage) => {
      await stage.root("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = ON");
      const person = await granted(harness, stage);
      await adapter.prepare(stage.door(), [stage.reader]);
      await adapter.extend(person.door, person.known, inSeconds(900));
      const { verifier } = newUser(harness, stage);
      await adapter.changePassword(person.door, person.known, verifier);
      const receipt = await person.revoke();
      await stage.root("SET GLOBAL general_log = OFF");
      const said = (
        await stage.root(`SELECT CONVERT(argument USING utf8mb4) AS words FROM mysql.general_log
        WHERE user_host LIKE '%master%' AND command_type IN ('Query', 'Execute')`)
      ).map(({ words }) => String(words));
      expect(said.length).toBeGreaterThan(15);
      const writes =
        /^(\/\*.*?\*\/)?\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE (?!USER|EVENT|ROLE|DATABASE)|ALTER (?!USER|EVENT)|DROP (?!USER|EVENT))/i;
      expect(said.filter((words) => writes.test(words))).toEqual([]);
      expect(said.filter((words) => words.includes(person.password))).toEqual([]);
      await stage.root("TRUNCATE mysql.general_log");
      await expectGone(stage, person, receipt);
    },
  );
}
