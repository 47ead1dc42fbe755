/** The admin's password goes to a verified server only, and a session is one session. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../local-stack/free-port.ts";
import { openSqlserver, type SqlserverLogin } from "../../src/connect/sqlserver.ts";
import { type StubBackend, startStub } from "../engines/harness/sqlserver-stub.ts";

const secret = "admin-password-that-nobody-may-see";
let server: StubBackend;
let other: StubBackend;

beforeAll(async () => {
  [server, other] = [await startStub(), await startStub()];
});
afterAll(async () => {
  await Promise.all([server.stop(), other.stop()]);
});

const login = (change: Partial<SqlserverLogin> = {}): SqlserverLogin => ({
  host: server.host,
  port: server.port,
  username: server.root.user,
  password: server.root.password,
  tls: { ca: server.ca },
  applicationName: "dblease/0123456789ab",
  connectTimeoutMs: 30_000,
  statementTimeoutMs: 30_000,
  ...change,
});

/** The error, which shows nothing of the password. */
async function refused(change: Partial<SqlserverLogin>) {
  const error = await openSqlserver(login({ password: secret, ...change })).then(
    () => undefined,
    (it: { code: string; message: string; next: string }) => it,
  );
  expect(JSON.stringify([error, error?.message, error?.next])).not.toContain(secret);
  return error?.code;
}

test("a session is in master, tagged, and knows its server", async () => {
  const connection = await openSqlserver(login());
  expect(connection.serverVersion).toMatch(/^16\./);
  const [rows] = await connection.query(
    "SELECT program_name AS tag FROM sys.dm_exec_sessions WHERE session_id = @@SPID",
  );
  expect(rows).toEqual([{ tag: "dblease/0123456789ab" }]);
  await connection.end();
});

test("one login is one session: mssql's trial connection is the one that is used", async () => {
  const before = server.stub.passwords.length;
  const connection = await openSqlserver(login());
  await connection.query("SELECT 1 AS one");
  await connection.query("SELECT 2 AS two");
  await connection.end();
  expect(server.stub.passwords.length - before).toBe(1);
});

describe("a server that is not the right one never sees the password", () => {
  test("another authority", async () => {
    expect(await refused({ tls: { ca: other.ca } })).toBe("TLS_FAILED");
    expect(await refused({ tls: {} })).toBe("TLS_FAILED");
    expect(server.stub.passwords).not.toContain(secret);
  });

  test("a certificate for another host", async () => {
    // Another name of this machine.
    expect(await refused({ host: "127.1" })).toBe("TLS_FAILED");
    expect(server.stub.passwords).not.toContain(secret);
  });

  test("no TLS", async () => {
    server.stub.mood.withoutTls = true;
    expect(await refused({})).toBe("TLS_FAILED");
    delete server.stub.mood.withoutTls;
    expect(server.stub.passwords).not.toContain(secret);
  });

  test("a server to which the right one sends the login on", async () => {
    server.stub.mood.routesTo = { host: other.host, port: other.port };
    expect(await refused({})).toBe("TLS_FAILED");
    delete server.stub.mood.routesTo;
    expect(other.stub.passwords).not.toContain(secret);
  });
});

test("a server that says nothing, one that is not there, and one that refuses are told apart", async () => {
  server.stub.mood.silent = true;
  expect(await refused({ connectTimeoutMs: 300 })).toBe("DATABASE_UNREACHABLE");
  delete server.stub.mood.silent;
  expect(await refused({ port: await freePort() })).toBe("DATABASE_UNREACHABLE");
  expect(await refused({ username: "nobody" })).toBe("DATABASE_REFUSED");
});

test("a statement that takes too long is an error, and the session is given up", async () => {
  // The stub reads each kind of statement once, and slowly.
  await (await openSqlserver(login())).end();
  const connection = await openSqlserver(login({ statementTimeoutMs: 1500 }));
  await expect(connection.query("WAITFOR DELAY '00:00:10'")).rejects.toMatchObject({ code: "ETIMEOUT" });
  connection.destroy();
});
