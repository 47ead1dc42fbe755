/** Whatever people call their schemas, tables and columns, and whatever stands where a name or a verifier should: on the real server. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgresServer } from "../../local-stack/postgres-server.ts";
import { block } from "../../src/engines/postgres/guard.ts";
import { literal, ownName, theirName } from "../../src/engines/postgres/quote.ts";
import type { Session } from "../engines/conformance/harness.ts";
import { clock, expectGone, granted, newUser, refusal } from "../engines/conformance/story.ts";
import { type PostgresStage, postgresHarness } from "../engines/harness/postgres.ts";
import { cases } from "./cases.ts";
import { hostile, hostileName } from "./hostile.ts";

const harness = postgresHarness("postgres 18", (folder) => startPostgresServer({ folder }), {});
let stage: PostgresStage;
let admin: Session;

beforeAll(async () => {
  await harness.start();
  stage = await harness.stage();
  admin = await stage.adminSession();
});
afterAll(() => harness.stop());

test("a literal says to the server what it was, also inside a block", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const inner = block(
        `BEGIN PERFORM pg_catalog.set_config('dblease.fuzz', ${literal(text)}, false); END`,
      );
      const rows = await admin.query(
        `${inner}; SELECT ${literal(text)} AS plain, pg_catalog.current_setting('dblease.fuzz') AS inside`,
      );
      expect(rows.at(-1)).toEqual({ plain: text, inside: text });
    }),
    cases(),
  );
});

test("a name of theirs names one thing", async () => {
  await fc.assert(
    fc.asyncProperty(hostileName, async (name) => {
      const [row] = await admin.query(
        `SELECT pg_catalog.parse_ident(${literal(theirName(name, name))})::text[] AS parts`,
      );
      expect(row?.parts).toEqual([name, name]);
      await admin.query(`CREATE TEMP TABLE ${theirName(name)} (${theirName(name)} int)`);
      const found = await admin.query(
        `SELECT c.relname, a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
         WHERE c.relpersistence = 't' AND c.relkind = 'r' AND a.attnum > 0`,
      );
      expect(found).toEqual([{ relname: name, attname: name }]);
      await admin.query(`DROP TABLE ${theirName(name)}`);
    }),
    cases(2),
  );
});

test("what is no name of ours, or no verifier, never reaches the server", async () => {
  const deaf = { members: [], database: stage.database, open: () => Promise.reject(new Error("opened")) };
  const { user, verifier: good } = newUser(harness, stage);
  await fc.assert(
    fc.asyncProperty(hostile, fc.nat({ max: good.length }), async (text, at) => {
      if (/^[a-z][a-z0-9_]{0,29}$/.test(text)) expect(ownName(text)).toBe(`"${text}"`);
      else {
        for (const field of ["username", "groupRole"]) {
          await expect(harness.adapter.grant(deaf, { ...user, [field]: text })).rejects.toMatchObject({
            code: "BAD_NAME",
          });
        }
        const known = { username: text, marker: user.marker };
        await expect(harness.adapter.revoke(deaf, known, clock)).rejects.toThrow();
      }
      const verifier = good.slice(0, at) + text + good.slice(at + text.length);
      if (verifier === good) return;
      const outcome = refusal(harness, harness.adapter.grant(deaf, { ...user, verifier }));
      // One base64 letter for another is a verifier still, of another password.
      expect(["BAD_VERIFIER", "DATABASE_UNREACHABLE", "Error: opened"]).toContain(await outcome);
    }),
    cases(),
  );
});

test("a role opens the column it names and no other, whatever their names", async () => {
  const unused = hostileName.filter((name) => name !== "public");
  const names = fc.uniqueArray(unused, { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(names, async ([schema = "", table = "", open = "", closed = ""]) => {
      const place = theirName(schema, table);
      await stage.admin(`SET ROLE app_owner; RESET ROLE; CREATE SCHEMA ${theirName(schema)} AUTHORIZATION app_owner;
        SET ROLE app_owner; CREATE TABLE ${place} (${theirName(open)} int, ${theirName(closed)} int)`);
      try {
        const scope = { schemas: [schema], tables: [table], columns: { [table]: [open] } };
        const reader = { name: stage.reader.name, scopes: [{ ...scope, privileges: ["select" as const] }] };
        await harness.adapter.prepare(stage.door(), [reader]);
        const checks = await harness.adapter.doctor(stage.door(), [reader]);
        expect(checks.filter(({ id, ok }) => !ok && id.startsWith("rights:"))).toEqual([]);
        const person = await granted(harness, stage);
        const session = await person.login();
        expect(await session.query(`SELECT ${theirName(open)} FROM ${place}`)).toEqual([]);
        expect(await refusal(harness, session.query(`SELECT ${theirName(closed)} FROM ${place}`))).toBe(
          "denied",
        );
        await expectGone(stage, person, await person.revoke());
      } finally {
        await stage.admin(`DROP SCHEMA ${theirName(schema)} CASCADE`);
      }
    }),
    cases(25),
  );
});

test("what a user leaves under any name is moved or named, and the statement in the receipt ends it", async () => {
  const { reader } = stage;
  await harness.adapter.prepare(stage.door(), [reader]);
  await stage.root(`GRANT CREATE ON SCHEMA app TO ${reader.name}`);
  await fc.assert(
    fc.asyncProperty(hostileName, async (name) => {
      const person = await granted(harness, stage);
      const session = await person.login();
      const place = theirName("app", name);
      await session.query(
        `CREATE TABLE ${place} (id int); CREATE FUNCTION ${place}() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
      );
      const first = await person.revoke();
      const statements = first.residue.flatMap(({ statement }) => statement ?? []);
      expect(first).toMatchObject({ sessions: 0 });
      expect(statements.length).toBeGreaterThan(0);
      for (const statement of statements.filter((it) => it.startsWith("DROP FUNCTION")))
        await stage.root(statement);
      const last = await person.revoke();
      expect(last.moved.map((it) => it.kind)).toContain("table");
      await expectGone(stage, person, last);
      await stage.root(`DROP TABLE ${place}`);
    }),
    cases(25),
  );
});
