import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../local-stack/free-port.ts";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { openPostgres, type PostgresLogin } from "../../src/connect/postgres.ts";
import { postgresDoor } from "../../src/connect/postgres-door.ts";
import { clearText, md5, nothing, playPostgres } from "./played-postgres.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-connect-"));
const secret = "admin-password-that-nobody-may-see";
let server: PostgresServer;
let login: PostgresLogin;

beforeAll(async () => {
  server = await startPostgresServer({ folder: join(folder, "postgres") });
  login = {
    host: server.host,
    port: server.port,
    database: "postgres",
    username: server.adminUsername,
    password: server.adminPassword,
    tls: { ca: server.ca },
    applicationName: "dblease/7k2m9q4x1c0z",
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 8_000,
  };
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("an admin connection", () => {
  test("is encrypted, tagged, bounded in time and blind to everybody's schemas", async () => {
    const connection = await openPostgres(login);
    const { rows } = await connection.query(`SELECT s.ssl, current_setting('application_name') AS tag,
      current_setting('search_path') AS path, current_setting('statement_timeout') AS statement,
      current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle
      FROM pg_stat_ssl s WHERE pid = pg_backend_pid()`);
    await connection.end();
    expect(rows).toEqual([
      {
        ssl: true,
        tag: "dblease/7k2m9q4x1c0z",
        path: "pg_catalog,pg_temp",
        statement: "8s",
        lock: "4s",
        idle: "8s",
      },
    ]);
    expect(connection.serverVersion).toBe(18);
  });

  test("keeps its settings against what the database's owner set", async () => {
    const root = await openPostgres(login);
    await root.query(`CREATE DATABASE trapped`);
    await root.query(`CREATE ROLE weak`);
    await root.query(`GRANT weak TO CURRENT_USER WITH SET TRUE`);
    await root.query(`ALTER DATABASE trapped SET search_path = public, pg_catalog`);
    await root.query(`ALTER DATABASE trapped SET default_transaction_read_only = on`);
    await root.query(`ALTER DATABASE trapped SET role = weak`);
    await root.end();
    const connection = await openPostgres({ ...login, database: "trapped" });
    const { rows } =
      await connection.query(`SELECT current_user AS who, current_setting('search_path') AS path,
      current_setting('transaction_read_only') AS read_only`);
    await connection.end();
    expect(rows).toEqual([{ who: "master", path: "pg_catalog,pg_temp", read_only: "off" }]);
  });

  test("that dies between two statements ends the next statement, not the process", async () => {
    const [one, other] = [await openPostgres(login), await openPostgres(login)];
    const { rows } = await one.query("SELECT pg_backend_pid() AS pid");
    await other.query(`SELECT pg_terminate_backend(${rows[0].pid}, 5000)`);
    await other.end();
    await expect(one.query("SELECT 1")).rejects.toThrow();
  });
});

describe("a login that must fail says why, with a next step and without the password", () => {
  const refusals: [string, string, () => Partial<PostgresLogin>][] = [
    ["another authority", "TLS_FAILED", () => ({ tls: {} })],
    ["a wrong password", "DATABASE_REFUSED", () => ({ password: secret })],
    ["an unknown user", "DATABASE_REFUSED", () => ({ username: "nobody_here" })],
    ["an unknown database", "DATABASE_REFUSED", () => ({ database: "nothing_here" })],
    ["plain text where the server demands TLS", "DATABASE_REFUSED", () => ({ tls: "off" })],
    ["a host that does not exist", "DATABASE_UNREACHABLE", () => ({ host: "nowhere.invalid" })],
  ];

  test.each(refusals)("%s: %s", async (_, code, change) => {
    const changed = { ...login, ...change() };
    const error = await openPostgres(changed).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code, next: expect.stringMatching(/./) });
    expect(JSON.stringify(error) + String(error)).not.toContain(changed.password);
  });

  test.skipIf(process.platform !== "linux")(
    "a host that the certificate does not name: TLS_FAILED",
    async () => {
      // Linux answers on all of 127.0.0.0/8; the certificate names only localhost and 127.0.0.1.
      const relay = createServer((near) => {
        const far = createConnection(server.port, server.host);
        near.on("error", () => far.destroy()).pipe(far);
        far.on("error", () => near.destroy()).pipe(near);
      }).listen(0, "127.0.0.2");
      await once(relay, "listening");
      // An AddressInfo: it listens on TCP.
      const { port } = relay.address() as AddressInfo;
      await expect(openPostgres({ ...login, host: "127.0.0.2", port })).rejects.toMatchObject({
        code: "TLS_FAILED",
      });
      relay.close();
    },
  );

  test("a port where nobody listens: DATABASE_UNREACHABLE", async () => {
    await expect(openPostgres({ ...login, port: await freePort() })).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
    });
  });
});

describe("a server under somebody else's control does not get the password", () => {
  test.each([
    ["asks for clear text", clearText, "DATABASE_REFUSED"],
    ["asks for md5", md5, "DATABASE_REFUSED"],
    ["asks for nothing at all", nothing, "DATABASE_REFUSED"],
    ["never answers", "silence" as const, "DATABASE_UNREACHABLE"],
    ["hangs up", "hang up" as const, "DATABASE_UNREACHABLE"],
  ])("that %s", async (_, answer, code) => {
    const played = await playPostgres(answer);
    const attempt = { ...login, host: "127.0.0.1", port: played.port, password: secret, tls: "off" as const };
    const error = await openPostgres({ ...attempt, connectTimeoutMs: 300 }).catch(
      (refusal: unknown) => refusal,
    );
    played.close();
    expect(error).toMatchObject({ code });
    const heard = played.heard().toString("latin1");
    expect(heard).toContain("master");
    expect(heard).not.toContain(secret);
    // A password message of any kind begins with "p" after the startup message.
    expect(heard.slice(played.heard().readInt32BE(0))).not.toMatch(/^p/);
  });

  test("that speaks no TLS", async () => {
    const played = await playPostgres("no tls");
    const attempt = { ...login, host: "127.0.0.1", port: played.port, password: secret };
    await expect(openPostgres(attempt)).rejects.toMatchObject({ code: "TLS_FAILED" });
    played.close();
    // Only the eight bytes of SSLRequest.
    expect(played.heard().length).toBe(8);
  });
});

test("a door opens the writer unless told otherwise, and a revoke's connections say so", async () => {
  const reader = { id: "reader", host: "127.0.0.1", port: server.port };
  const door = postgresDoor({
    members: [{ id: "writer", host: server.host, port: server.port }, reader],
    database: "postgres",
    credentials: { username: server.adminUsername, password: server.adminPassword },
    tls: { ca: server.ca },
    grantId: "7k2m9q4x1c0z",
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 5_000,
  });
  const asked = "SELECT current_database() AS database, current_setting('application_name') AS tag";
  const first = await door.open();
  const second = await door.open({ database: "template1", purpose: "revoke", member: reader });
  expect([(await first.query(asked)).rows[0], (await second.query(asked)).rows[0]]).toEqual([
    { database: "postgres", tag: "dblease/7k2m9q4x1c0z" },
    { database: "template1", tag: "dblease/7k2m9q4x1c0z/revoke" },
  ]);
  expect([first.host, second.host]).toEqual([server.host, "127.0.0.1"]);
  await Promise.all([first.end(), second.end()]);
});
