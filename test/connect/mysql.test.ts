import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../../local-stack/certificates.ts";
import { freePort } from "../../local-stack/free-port.ts";
import { type MysqlLogin, openMysql } from "../../src/connect/mysql.ts";
import { mysqlDoor } from "../../src/connect/mysql-door.ts";
import { onEachServer } from "../engines/harness/mysql-servers.ts";
import { playMysql } from "./played-mysql.ts";

const secret = "admin-password-that-nobody-may-see";

onEachServer("an admin connection", (running) => {
  test("is encrypted, tagged, bounded in time and in no database", async () => {
    const connection = await openMysql(running().login);
    const [rows] =
      await connection.query(`SELECT DATABASE() AS db, @@SESSION.sql_mode AS mode, @@SESSION.time_zone AS zone,
      @@SESSION.lock_wait_timeout AS locked, @@SESSION.innodb_lock_wait_timeout AS row_locked`);
    const [[cipher]] = (await connection.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")) as unknown as [
      { Value: string }[],
    ];
    await connection.end();
    expect(rows).toEqual([{ db: null, mode: "STRICT_ALL_TABLES", zone: "+00:00", locked: 4, row_locked: 4 }]);
    expect(cipher?.Value).not.toBe("");
    expect(connection.serverVersion).toMatch(/^(8\.0\.|10\.)/);
  });

  test("keeps its settings against the server's defaults", async () => {
    const { root, login, dialect } = running();
    await root(`SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT', GLOBAL time_zone = '+05:00',
      GLOBAL autocommit = 0, GLOBAL ${dialect.engine === "mysql" ? "transaction_read_only" : "tx_read_only"} = 1`);
    const connection = await openMysql(login);
    const [rows] = await connection.query(
      "SELECT @@SESSION.sql_mode AS mode, @@SESSION.time_zone AS zone, @@SESSION.autocommit AS commits",
    );
    await connection.query("CREATE DATABASE IF NOT EXISTS written");
    await connection.query("CREATE TABLE IF NOT EXISTS written.t (id int)");
    await connection.query("INSERT INTO written.t VALUES (1)");
    await connection.end();
    await root(`SET GLOBAL sql_mode = DEFAULT, GLOBAL time_zone = DEFAULT, GLOBAL autocommit = 1,
      GLOBAL ${dialect.engine === "mysql" ? "transaction_read_only" : "tx_read_only"} = 0`);
    expect(rows).toEqual([{ mode: "STRICT_ALL_TABLES", zone: "+00:00", commits: 1 }]);
    expect(await root("SELECT id FROM written.t")).toEqual([{ id: 1 }]);
  });

  test("that dies between two statements ends the next statement, not the process", async () => {
    const { root, login } = running();
    const connection = await openMysql(login);
    const [rows] = await connection.query("SELECT CONNECTION_ID() AS id");
    await root(`KILL ${(rows as { id: number }[])[0]?.id}`);
    await expect(connection.query("SELECT 1")).rejects.toThrow();
    connection.destroy();
  });

  test.each<[string, string, Partial<MysqlLogin>]>([
    ["another authority", "TLS_FAILED", { tls: {} }],
    ["a wrong password", "DATABASE_REFUSED", { password: secret }],
    ["an unknown user", "DATABASE_REFUSED", { username: "nobody_here" }],
    ["a host that does not exist", "DATABASE_UNREACHABLE", { host: "nowhere.invalid" }],
  ])("is refused with %s: %s, a next step and without the password", async (_, code, change) => {
    const changed = { ...running().login, ...change };
    const error = await openMysql(changed).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code, next: expect.stringMatching(/./) });
    expect(JSON.stringify(error) + String(error)).not.toContain(changed.password);
  });

  test("is refused on a port where nobody listens", async () => {
    await expect(openMysql({ ...running().login, port: await freePort() })).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
    });
  });

  test.skipIf(process.platform !== "linux")(
    "is refused by a host that the certificate does not name",
    async () => {
      const { server, login } = running();
      // Linux answers on all of 127.0.0.0/8; the certificate names only localhost and 127.0.0.1.
      const relay = createServer((near) => {
        const far = createConnection(server.port, "127.0.0.1");
        near.on("error", () => far.destroy()).pipe(far);
        far.on("error", () => near.destroy()).pipe(near);
      }).listen(0, "127.0.0.2");
      await once(relay, "listening");
      // An AddressInfo: it listens on TCP.
      const { port } = relay.address() as AddressInfo;
      await expect(openMysql({ ...login, host: "127.0.0.2", port })).rejects.toMatchObject({
        code: "TLS_FAILED",
      });
      relay.close();
      await (await openMysql({ ...login, host: "127.0.0.1" })).end();
    },
  );

  test("says in every statement whose work it is, and a revoke's connections say so", async () => {
    const { server, login } = running();
    const door = mysqlDoor({
      members: [{ id: "writer", host: server.host, port: server.port }],
      database: "shop",
      credentials: login,
      tls: login.tls,
      grantId: "7k2m9q4x1c0z",
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    });
    const [first, second] = [await door.open(), await door.open({ purpose: "revoke" })];
    expect([first.applicationName, second.applicationName]).toEqual([
      "dblease/7k2m9q4x1c0z",
      "dblease/7k2m9q4x1c0z/revoke",
    ]);
    await Promise.all([first.end(), second.end()]);
  });
});

describe("a server under somebody else's control does not get the password", () => {
  const folder = mkdtempSync(join(tmpdir(), "dblease-played-"));
  let certificates: Certificates;
  let ca: string;
  beforeAll(async () => {
    certificates = await makeCertificates(folder);
    ca = await readFile(certificates.caFile, "utf8");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const attempt = (port: number): MysqlLogin => ({
    host: "localhost",
    port,
    username: "master",
    password: secret,
    tls: { ca },
    applicationName: "dblease",
    connectTimeoutMs: 1_000,
    statementTimeoutMs: 1_000,
  });

  test.each([
    ["asks for clear text", "mysql_clear_password", "DATABASE_REFUSED"],
    ["asks by sha256_password", "sha256_password", "DATABASE_REFUSED"],
    ["asks by a dialog", "dialog", "DATABASE_REFUSED"],
    ["asks in the way of before 4.1", "mysql_old_password", "DATABASE_REFUSED"],
    ["speaks no TLS", "no tls", "TLS_FAILED"],
    ["never answers", "silence", "DATABASE_UNREACHABLE"],
    ["hangs up", "hang up", "DATABASE_UNREACHABLE"],
  ])("that %s", async (_, wants, code) => {
    const played = await playMysql(certificates, wants);
    const error = await openMysql(attempt(played.port)).catch((refusal: unknown) => refusal);
    played.close();
    expect(error).toMatchObject({ code });
    expect(played.heard().toString("latin1")).not.toContain(secret);
  });

  test.each([
    ["mysql_native_password", "DATABASE_REFUSED"],
    ["caching_sha2_password", "DATABASE_REFUSED"],
    ["sha256_password", "DATABASE_REFUSED"],
    ["no tls", "TLS_FAILED"],
  ])("nor a token, which it must ask for as RDS does: %s", async (wants, code) => {
    const played = await playMysql(certificates, wants);
    const login: MysqlLogin = { ...attempt(played.port), byIam: true };
    const error = await openMysql(login).catch((refusal: unknown) => refusal);
    played.close();
    expect(error).toMatchObject({ code });
    expect(played.heard().toString("latin1")).not.toContain(secret);
  });
});
