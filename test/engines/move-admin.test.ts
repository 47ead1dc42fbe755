/**
 * Moving the admin over to IAM, on a real PostgreSQL 18 behind the front door, which asks members of rds_iam for a token. Two
 * parts are played: the judge of tokens; and that RDS's master may give rds_iam without being a member, which no PostgreSQL
 * of 16 and later lets anybody but a superuser do. The password login itself is real, and so is every refusal of it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { openPostgres, type PostgresConnection } from "../../src/connect/postgres.ts";
import { grant } from "../../src/engines/postgres/grant.ts";
import { moveAdmin } from "../../src/engines/postgres/move-admin.ts";
import { prepare } from "../../src/engines/postgres/prepare.ts";
import type { PostgresDoor } from "../../src/engines/postgres/use.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-move-"));
const admin = "dblease_admin";
let server: PostgresServer;
/** Users for whom the judge takes a token. */
const trusted = new Set<string>();

beforeAll(async () => {
  server = await startPostgresServer({
    folder: join(folder, "postgres"),
    judge: async (username, token) => token === `token of ${username}` && trusted.has(username),
  });
  await asOwner(`CREATE ROLE boss LOGIN CREATEROLE PASSWORD 'secret'; GRANT rds_superuser TO boss`);
  await prepare(byPassword, [{ name: "dbl_orders__read", scopes: [] }]);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => trusted.clear());

async function asOwner<Row extends object>(sql: string): Promise<Row[]> {
  const client = new Client(server.superuser);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function logIn(username: string, password: string, byIam?: true): Promise<PostgresConnection> {
  const { host, port, ca } = server;
  return openPostgres({
    ...{ host, port, username, password, database: "postgres", tls: { ca }, applicationName: "dblease" },
    ...{ connectTimeoutMs: 5000, statementTimeoutMs: 10_000 },
    ...(byIam ? { byIam } : {}),
  });
}

async function refusal(attempt: Promise<{ end(): Promise<void> }>): Promise<string> {
  return attempt.then(
    async (it) => it.end().then(() => "let in"),
    (error: { code: string }) => error.code,
  );
}

const door = (open: () => Promise<PostgresConnection>): PostgresDoor => ({
  members: [],
  database: "postgres",
  open,
});

const byToken = door(() => logIn(admin, `token of ${admin}`, true));

/**
 * Logs in by password, then goes on as boss on a connection of the superuser: it gives and takes rds_iam as RDS's master may,
 * and ends its like.
 */
const byPassword = door(async () => {
  const real = await logIn("boss", "secret");
  const { serverVersion } = real;
  await real.end();
  const client = new Client(server.superuser);
  client.on("error", () => {});
  await client.connect();
  await client.query("SET SESSION AUTHORIZATION boss");
  const query = client.query.bind(client) as (text: string) => Promise<unknown>;
  const played = (text: string) =>
    query(
      text.replaceAll(
        /((?:GRANT|REVOKE) rds_iam [^;]+|SELECT pg_catalog.pg_terminate[^;]+)/g,
        "RESET SESSION AUTHORIZATION; $1; SET SESSION AUTHORIZATION boss",
      ),
    );
  return Object.assign(client, { serverVersion, query: played }) as unknown as PostgresConnection;
});

test("while the admin has a password, no user is made by IAM: the first would lock it out", async () => {
  const user = {
    username: "jit_0123456789ab",
    marker: { installation: "test", grantId: "0123456789ab" },
    groupRole: "dbl_orders__read",
    expiresAt: "2099-01-01T00:00:00.000Z",
    connectionLimit: 1,
    deadline: "2099-01-01T00:00:00.000Z",
  };
  await expect(grant(byPassword, user)).rejects.toMatchObject({
    code: "ADMIN_LACKS_RIGHTS",
    next: "dblease databases prepare <database> --admin-by-iam",
  });
  expect(await refusal(logIn("boss", "secret"))).toBe("let in");
});

test("an admin whose token opens nothing is taken back, and the password is as good as before", async () => {
  await expect(moveAdmin(byPassword, byToken, admin)).rejects.toMatchObject({
    code: "DATABASE_REFUSED",
    message: expect.stringContaining(`${admin} was not moved to IAM, and everything is as before`),
  });
  expect(await asOwner(`SELECT FROM pg_roles WHERE rolname = '${admin}'`)).toEqual([]);
  expect(await refusal(logIn("boss", "secret"))).toBe("let in");
  expect(
    await asOwner("SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' AND pid <> pg_backend_pid()"),
  ).toEqual([]);
});

test("one that dies after it has given is taken back by the database itself", async () => {
  trusted.add(admin);
  let died = () => {};
  const dead = new Promise<void>((resolve) => {
    died = resolve;
  });
  // Dies at the token login: never goes on.
  const hanging = door(() => {
    died();
    return new Promise(() => {});
  });
  void moveAdmin(byPassword, hanging, admin);
  await dead;
  // As a lost machine: from PostgreSQL 16 on the password of whoever made the member is refused now.
  expect(await refusal(logIn("boss", "secret"))).toBe("DATABASE_REFUSED");
  const [sleeper] = await asOwner<{ query: string }>(
    "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()",
  );
  expect(sleeper?.query).toContain(`DROP ROLE IF EXISTS "${admin}"`);
  // What it does when its time has come, now.
  await asOwner(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%'
    AND pid <> pg_backend_pid(); DROP ROLE IF EXISTS ${admin}`);
  expect(await refusal(logIn("boss", "secret"))).toBe("let in");
});

test("a moved admin gives access by token, the password is refused, and a second move changes nothing", async () => {
  trusted.add(admin);
  const moved = await moveAdmin(byPassword, byToken, admin);
  expect(moved).toMatchObject({ id: "admin_by_iam", ok: true, sentence: expect.stringContaining("back: ") });
  expect(await refusal(logIn("boss", "secret"))).toBe("DATABASE_REFUSED");
  expect(await refusal(logIn(admin, "any"))).toBe("DATABASE_REFUSED");
  await grant(byToken, {
    username: "jit_0123456789ab",
    marker: { installation: "test", grantId: "0123456789ab" },
    groupRole: "dbl_orders__read",
    expiresAt: "2099-01-01T00:00:00.000Z",
    connectionLimit: 1,
    deadline: "2099-01-01T00:00:00.000Z",
  });
  expect(await moveAdmin(byToken, byToken, admin)).toMatchObject({ ok: true });
  expect(await asOwner("SELECT FROM pg_roles WHERE rolname = 'dblease_rehearsal'")).toEqual([]);
});
