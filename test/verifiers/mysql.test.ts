import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { createConnection } from "mysql2/promise";
import { expect, test } from "vitest";
import type { Engine } from "../../src/grant.ts";
import { cachingSha2, cachingSha2Salt } from "../../src/verifiers/caching-sha2.ts";
import { checkVerifier } from "../../src/verifiers/check-verifier.ts";
import { mysqlNative } from "../../src/verifiers/mysql-native.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import { onEachServer } from "../engines/harness/mysql-servers.ts";

const salt = "./0123456789ABCDEFGH";
const printable = fc.stringMatching(/^[\x20-\x7e]{1,70}$/);
const salts = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(cachingSha2Salt);

const made: Record<"postgres" | "mysql" | "mariadb", string> = {
  postgres: scramSha256("pencil", randomBytes(16)),
  mysql: cachingSha2("pencil", salt),
  mariadb: mysqlNative("pencil"),
};

test("MariaDB's own PASSWORD() gives the same", () => {
  // SELECT PASSWORD('pencil') on MariaDB 10.11.
  expect(made.mariadb).toBe("*7614BE58636C810A9D8970A50B3B2A78450413E4");
});

test("a verifier of one password and salt is always the same, and shows neither", () => {
  expect(made.mysql).toBe("$A$005$./0123456789ABCDEFGHtlLEsi0Exy2jcnt6IwLD0qJV5MmHwR5IA.uOYGh8Ei/");
});

test("every verifier that is made is a verifier that is taken, by its own engine only", () => {
  fc.assert(
    fc.property(printable, salts, (password, fresh) => {
      checkVerifier("mysql", cachingSha2(password, fresh));
      checkVerifier("mariadb", mysqlNative(password));
    }),
    { numRuns: 30 },
  );
  for (const engine of ["postgres", "mysql", "mariadb", "sqlserver", "oracle"] as const) {
    for (const [of, verifier] of Object.entries(made)) {
      if (of === engine) expect(() => checkVerifier(engine, verifier)).not.toThrow();
      else
        expect(() => checkVerifier(engine, verifier)).toThrow(
          expect.objectContaining({ code: "BAD_VERIFIER" }),
        );
    }
  }
});

test.each<[string, Engine, string]>([
  ["empty", "mysql", ""],
  ["empty, which would mean no password", "mariadb", ""],
  ["a plain password", "mysql", "pencil"],
  ["a plain password", "mariadb", "pencil"],
  ["a million rounds", "mysql", made.mysql.replace("$005$", "$3E8$")],
  ["a short salt", "mysql", made.mysql.replace(salt, salt.slice(1))],
  ["a salt with a dollar sign", "mysql", made.mysql.replace(salt, `$${salt.slice(1)}`)],
  ["bits behind the digest's last byte", "mysql", `${made.mysql.slice(0, -1)}z`],
  ["lower-case hexadecimal", "mariadb", made.mariadb.toLowerCase()],
  ["a digest of 39 digits", "mariadb", made.mariadb.slice(0, -1)],
  ["a newline at the end", "mysql", `${made.mysql}\n`],
  ["a newline at the end", "mariadb", `${made.mariadb}\n`],
  ["a quote at the end", "mysql", `${made.mysql}'`],
  ["another statement", "mariadb", `${made.mariadb}'; DROP USER admin; --`],
])("%s is refused (%s)", (_, engine, verifier) => {
  expect(() => checkVerifier(engine, verifier)).toThrow(expect.objectContaining({ code: "BAD_VERIFIER" }));
});

test.each([
  ["no password", "", salt],
  ["a password beyond ASCII", "pässword", salt],
  ["a short salt", "pencil", salt.slice(1)],
  ["a salt with a quote", "pencil", `'${salt.slice(1)}`],
])("%s makes no verifier", (_, password, from) => {
  expect(() => cachingSha2(password, from)).toThrow(RangeError);
  if (from === salt) expect(() => mysqlNative(password)).toThrow(RangeError);
});

onEachServer("verifiers", (running) => {
  test("the password opens the account that was made with its verifier, no other does", async () => {
    const { server, dialect, root } = running();
    const open = async (password: string) => {
      const login = {
        host: server.host,
        port: server.port,
        user: "holder",
        password,
        ssl: { ca: server.ca },
      };
      await (await createConnection(login)).end();
    };
    await fc.assert(
      fc.asyncProperty(printable, salts, async (password, fresh) => {
        const verifier = dialect.engine === "mysql" ? cachingSha2(password, fresh) : mysqlNative(password);
        await root("DROP USER IF EXISTS holder");
        await root(`CREATE USER holder ${dialect.identifiedBy(verifier)} REQUIRE SSL`);
        await open(password);
        await expect(open(`${password}x`)).rejects.toMatchObject({ code: "ER_ACCESS_DENIED_ERROR" });
      }),
      {
        numRuns: 12,
        examples: [
          ["a", salt],
          ["x".repeat(32), salt],
          ["'\"\\%_", salt],
        ],
      },
    );
  });
});
