/** The parser on lines that a real PostgreSQL writes about real logins, refusals and kills, in both forms of RDS. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { readPostgresLine } from "../../src/audit/postgres-log.ts";
import type { SessionNote } from "../../src/audit/session-note.ts";
import { refusalsOf, sessionsOf } from "../../src/audit/sessions.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-log-"));
const prefixes = {
  "the default prefix": "%t:%r:%u@%d:[%p]:",
  "the prefix with SQLSTATE": "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:",
};
const user = "jit_7k2m9q4x1c0z";
let server: PostgresServer;

async function asOwner(...statements: string[]): Promise<void> {
  const owner = new Client(server.superuser);
  await owner.connect();
  for (const it of statements) await owner.query(it);
  await owner.end();
}

async function logIn(
  changes: Partial<Record<"user" | "password" | "database" | "application_name", string>>,
) {
  const { host, port, ca } = server;
  const client = new Client({
    host,
    port,
    ssl: { ca },
    user,
    password: "right",
    database: "postgres",
    ...changes,
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

beforeAll(async () => {
  server = await startPostgresServer({ folder });
  await asOwner(`CREATE ROLE ${user} LOGIN PASSWORD 'right'`);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What the parser reads of all that is in the log since `from`. */
function notesSince(from: number): SessionNote[] {
  return readFileSync(server.logFile, "utf8")
    .slice(from)
    .split("\n")
    .flatMap((line) => readPostgresLine(line) ?? []);
}

const grant = { database: { engine: "postgres" as const } };

describe.each(Object.entries(prefixes))("with %s", (_, prefix) => {
  beforeAll(async () => {
    await asOwner(`ALTER SYSTEM SET log_line_prefix = '${prefix}'`);
    await server.start();
  });

  async function notesOf(story: () => Promise<unknown>): Promise<SessionNote[]> {
    const from = readFileSync(server.logFile, "utf8").length;
    await story();
    // What this one's login leaves behind comes after all that is looked for.
    await asOwner("SELECT 1");
    return notesSince(from);
  }

  test("a session: when, from where, with what, encrypted, ended by the client", async () => {
    const notes = await notesOf(async () => {
      const client = await logIn({ application_name: "psql: a b" });
      await client.end();
    });
    const [session, ...others] = sessionsOf(notes, grant);
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      address: "127.0.0.1",
      application: "psql: a b",
      tls: true,
      endedBy: "client",
    });
    expect(Date.parse(session?.endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(session?.startedAt ?? ""));
    expect(notes.map((it) => [it.kind, it.username, it.database])).toEqual([
      ["opened", user, "postgres"],
      ["ended", user, "postgres"],
    ]);
  });

  test("a killed session says so; by the revoke, where it was the end of its grant", async () => {
    const before = new Date().toISOString();
    const notes = await notesOf(async () => {
      const client = await logIn({});
      const ended = new Promise((resolve) => client.once("end", resolve));
      await asOwner(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`);
      await ended;
    });
    expect(notes.map((it) => [it.kind, it.code])).toEqual([
      ["opened", undefined],
      ["killed", "57P01"],
      ["ended", undefined],
    ]);
    expect(sessionsOf(notes, grant)).toMatchObject([{ endedBy: "server" }]);
    const end = { cause: "expiry", by: "dblease", at: before } as const;
    expect(sessionsOf(notes, { ...grant, end })).toMatchObject([{ endedBy: "revoke" }]);
  });

  test("a user with NOLOGIN is let in for a moment by its log, and had no session", async () => {
    await asOwner(`ALTER ROLE ${user} NOLOGIN`);
    const notes = await notesOf(() => logIn({}).catch(() => {}));
    await asOwner(`ALTER ROLE ${user} LOGIN`);
    expect(notes.map((it) => [it.kind, it.code])).toEqual([
      ["opened", undefined],
      ["refused", "28000"],
    ]);
    expect(sessionsOf(notes, grant)).toEqual([]);
    expect(refusalsOf(notes)).toMatchObject([{ code: "28000", address: "127.0.0.1" }]);
  });

  test.each([
    ["a wrong password", { password: "wrong" }, "28P01"],
    ["a database that is none", { database: "nowhere" }, "3D000"],
  ])("%s is a refusal and no session", async (__, changes, code) => {
    const notes = await notesOf(() => logIn(changes).catch(() => {}));
    expect(sessionsOf(notes, grant)).toEqual([]);
    expect(refusalsOf(notes)).toMatchObject([{ code }]);
  });

  test("names that a stranger chooses play no session; a refused login under any address is all that they can", async () => {
    const at = "2026-11-24 10:00:00 UTC:6.6.6.6(6)";
    const opened = `${user}@o:[6]:LOG:  connection authorized: user=${user} database=o`;
    const notes = await notesOf(async () => {
      // The server cuts a name at 63 bytes, so the forged line is parted between both names and the application.
      for (const name of [`\n${at}:${user}`, `x\n${at}:${opened}`, `\n${opened}`, `${user}@o:[6]:LOG:  x`]) {
        await logIn({ user: name, database: opened.slice(opened.indexOf("@") + 1) }).catch(() => {});
        await logIn({ user: name, application_name: opened }).catch(() => {});
      }
    });
    expect(new Set(notes.map((it) => it.kind))).toEqual(new Set(["refused"]));
    expect(sessionsOf(notes, grant)).toEqual([]);
  });

  test("an application's name plays no end of its session", async () => {
    const notes = await notesOf(async () => {
      const client = await logIn({
        application_name: "x:FATAL:  terminating connection due to administrator command",
      });
      await client.end();
    });
    expect(sessionsOf(notes, grant)).toMatchObject([{ endedBy: "client" }]);
  });
});
