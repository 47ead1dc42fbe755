/** A role opens the schemas that it names and no neighbour, whatever they are called. */
import { escapeId } from "mysql2";
import { expect } from "vitest";
import { granted, refusal, story } from "../conformance/story.ts";
import type { MysqlHarness } from "../harness/mysql.ts";

/** A schema and one that a careless grant or comparison takes for it. */
const neighbours = [
  ["under_score", "underXscore"],
  ["per%cent", "per and cent"],
  ["case", "CASE"],
  ["cafe", "café"],
  ["back\\_slash", "back_slash"],
  ["back\\\\%", "back\\x"],
  ["q'u\"o`te", "q'u\"o``te"],
  [" space", "space"],
  ["dot.ted", "dot"],
  ["☃", "?"],
  ["*", "star"],
] as const;

export function schemaStories(harness: MysqlHarness): void {
  const { adapter } = harness;
  const quoted = (...parts: string[]) => parts.map((part) => escapeId(part, true)).join(".");

  story(harness, "schemas with wildcards, quotes and neighbours open themselves alone", async (stage) => {
    const named = neighbours.map(([schema, other], index) => ({
      schema: `${schema}${index}`,
      other: `${other}${index}`,
    }));
    for (const { schema, other } of named) {
      for (const name of [schema, other]) {
        await stage.admin(`CREATE DATABASE ${quoted(name)}; CREATE TABLE ${quoted(name, "t")} (c int)`);
      }
    }
    const role = {
      name: stage.reader.name,
      scopes: [{ schemas: named.map(({ schema }) => schema), privileges: ["select" as const] }],
    };
    await adapter.prepare(stage.door(), [role]);
    const checks = await adapter.doctor(stage.door(), [role]);
    expect(checks.find(({ id }) => id === `rights:${role.name}`)).toMatchObject({ ok: true });
    const person = await granted(harness, stage);
    const session = await person.login(stage.common);
    for (const { schema, other } of named) {
      const own = session.query(`SELECT * FROM ${quoted(schema, "t")}`);
      expect([schema, await refusal(harness, own)]).toEqual([schema, "nothing refused"]);
      const theirs = session.query(`SELECT * FROM ${quoted(other, "t")}`);
      expect([other, await refusal(harness, theirs)]).toEqual([other, "denied"]);
    }
    await session.close();
    // And taken away again, each.
    await adapter.prepare(stage.door(), [{ name: role.name, scopes: [] }]);
    const grants = (await stage.root(`SHOW GRANTS FOR ${role.name}`)).flatMap(Object.values);
    expect(grants.filter((words) => String(words).includes("SELECT"))).toEqual([]);
    await person.revoke();
    for (const { schema, other } of named) {
      await stage.admin(`DROP DATABASE ${quoted(schema)}; DROP DATABASE ${quoted(other)}`);
    }
  });

  story(harness, "tables and columns of neighbouring names are told apart, too", async (stage) => {
    const table = (name: string) => quoted(stage.schema, name);
    await stage.admin(`CREATE TABLE ${table("a_b")} (\`x\` int, \`x y\` int);
      CREATE TABLE ${table("aXb")} (x int); CREATE TABLE ${table("A_B")} (x int); CREATE TABLE ${table("á_b")} (x int)`);
    const scope = {
      schemas: [stage.schema],
      tables: ["a_b"],
      columns: { a_b: ["x"] },
      privileges: ["select" as const],
    };
    await adapter.prepare(stage.door(), [{ name: stage.reader.name, scopes: [scope] }]);
    const person = await granted(harness, stage);
    const session = await person.login();
    await session.query(`SELECT x FROM ${table("a_b")}`);
    for (const sql of [
      `SELECT \`x y\` FROM ${table("a_b")}`,
      `SELECT x FROM ${table("aXb")}`,
      `SELECT x FROM ${table("A_B")}`,
      `SELECT x FROM ${table("á_b")}`,
    ]) {
      expect([sql, await refusal(harness, session.query(sql))]).toEqual([sql, "denied"]);
    }
    await person.revoke();
  });

  story(
    harness,
    "a name that these servers cannot have, such as an emoji, is refused and opens nothing else",
    async (stage) => {
      await stage.admin(`CREATE DATABASE ${quoted("?")}; CREATE DATABASE ${quoted("????")}`);
      for (const scope of [
        { schemas: ["😀"], privileges: ["select" as const] },
        { schemas: [stage.schema], tables: ["😀"], privileges: ["select" as const] },
        { schemas: [stage.schema.toUpperCase()], privileges: ["select" as const] },
        { schemas: [`${stage.schema} `], privileges: ["select" as const] },
      ]) {
        const roles = [{ name: stage.reader.name, scopes: [scope] }];
        await expect(adapter.prepare(stage.door(), roles)).rejects.toMatchObject({
          code: "BAD_CONFIGURATION",
        });
      }
      await stage.admin(`DROP DATABASE ${quoted("?")}; DROP DATABASE ${quoted("????")}`);
    },
  );
}
