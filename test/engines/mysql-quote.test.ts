/** Text becomes SQL in one place; what comes out must be what went in, whatever the server's own defaults are. */
import fc from "fast-check";
import { createConnection } from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { openMysql } from "../../src/connect/mysql.ts";
import {
  accountName,
  digits,
  instant,
  literal,
  ownAccount,
  ownName,
  schemaPattern,
  theirName,
} from "../../src/engines/mysql/quote.ts";
import { message } from "../../src/engines/mysql/use.ts";
import { onEachServer } from "./harness/mysql-servers.ts";

const hostile = [
  "'",
  "''",
  "\\",
  "\\'",
  '"',
  "`",
  "``",
  "--",
  "*/",
  "/*",
  ";",
  "%_",
  "\0",
  "\n",
  "\x1a",
  "ö\\'",
  "縗'",
];
/** Any characters but lone surrogates, which no client can send. */
const anyText = fc.string({ unit: "binary", maxLength: 30 }).filter((text) => text.isWellFormed());

describe("names that dblease makes", () => {
  test.each(["", "Upper", "a".repeat(31), "ö", "a-b", "a`b", "a'b", "a b", "1a", "a\0b"])(
    "%j is refused",
    (name) => {
      expect(() => ownName(name)).toThrow(expect.objectContaining({ code: "BAD_NAME" }));
      expect(() => ownAccount(name)).toThrow(expect.objectContaining({ code: "BAD_NAME" }));
    },
  );

  test("others pass, quoted all the same", () => {
    expect([ownName("jit_7k2m9q4x1c0z"), ownAccount("jit_7k2m9q4x1c0z")]).toEqual([
      "`jit_7k2m9q4x1c0z`",
      "'jit_7k2m9q4x1c0z'@'%'",
    ]);
  });
});

test("a dot in a name is part of the name", () => {
  expect(theirName("a.b", "c`d")).toBe("`a.b`.`c``d`");
  expect(accountName("o'neil", "10.%")).toBe("'o\\'neil'@'10.%'");
});

test("an instant is UTC, and anything else is none", () => {
  expect(instant("2026-11-24T09:01:02.345Z")).toBe("'2026-11-24 09:01:02.345'");
  expect(instant("2026-11-24T10:01:02.345+01:00", 0)).toBe("'2026-11-24 09:01:02'");
  for (const none of ["", "2026-13-01", "'; DROP USER admin; --"])
    expect(() => instant(none)).toThrow(RangeError);
});

test.each(["", "1; DROP USER admin", "-1", "1e3", "x"])("%j is no number of the server", (text) => {
  expect(() => digits(text)).toThrow(RangeError);
});

onEachServer("quoting", (running) => {
  test("any text comes back as it went in, under the worst defaults a server can have", async () => {
    const { root, login } = running();
    await root("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'");
    const connection = await openMysql(login);
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 5 }), async (texts) => {
        const all = [...texts, ...hostile];
        const [rows] = await message(connection, [
          `SELECT ${all.map((text, i) => `${literal(text)} AS c${i}`).join(", ")}`,
        ]);
        expect(Object.values(rows?.[0] ?? {})).toEqual(all);
      }),
      { numRuns: 40 },
    );
    await connection.end();
    await root("SET GLOBAL sql_mode = DEFAULT");
  });

  test("a GRANT on a schema opens this schema and none whose name its wildcards would match", async () => {
    const { login, server, root } = running();
    const admin = await openMysql(login);
    const names = fc.stringMatching(/^[a-c_%\\'"`. ;-]{1,10}$/).filter((name) => !/[ .]$|^\.+$/.test(name));
    await root("CREATE USER reader IDENTIFIED BY 'Reader-1'");
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        // What the unescaped name would match as well.
        const neighbour = name.replace(/[_%\\]/g, "x");
        const all = [...new Set([name, neighbour])];
        await message(
          admin,
          all.flatMap((it) => [
            `CREATE DATABASE ${theirName(it)}`,
            `CREATE TABLE ${theirName(it, "t")} (id int)`,
          ]),
        );
        await message(admin, [`GRANT SELECT ON ${theirName(schemaPattern(name))}.* TO reader`]);
        const reader = await createConnection({
          host: server.host,
          port: server.port,
          user: "reader",
          password: "Reader-1",
          ssl: { ca: server.ca },
        });
        const sees = async (it: string) =>
          reader.query(`SELECT * FROM ${theirName(it, "t")}`).then(
            () => true,
            () => false,
          );
        const seen = [await sees(name), name !== neighbour && (await sees(neighbour))];
        await reader.end();
        await message(admin, [
          `REVOKE SELECT ON ${theirName(schemaPattern(name))}.* FROM reader`,
          ...all.map((it) => `DROP DATABASE ${theirName(it)}`),
        ]);
        expect(seen).toEqual([true, false]);
      }),
      { numRuns: 20, examples: [["a_b"], ["a%b"], ["a\\b"], ["_"], ["%"], ["\\_"], ["`'\"; DROP"]] },
    );
    await admin.end();
  });
});
