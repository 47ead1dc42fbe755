import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import type { PostgresServer } from "../../../local-stack/postgres-server.ts";
import type { PostgresConnection } from "../../../src/connect/postgres.ts";
import { postgresDoor } from "../../../src/connect/postgres-door.ts";
import { postgres } from "../../../src/engines/postgres.ts";
import { scramSha256 } from "../../../src/verifiers/scram-sha-256.ts";
import type { Capability, Harness, Session, Stage } from "../conformance/harness.ts";
import { clinging, meddle } from "./postgres-clinging.ts";
import { postgresWords } from "./postgres-words.ts";

export interface PostgresStage extends Stage<PostgresConnection> {
  server: PostgresServer;
  /** Another database of the same server, owned by the master. */
  other: string;
}

export interface PostgresHarness extends Harness<PostgresConnection> {
  stage(): Promise<PostgresStage>;
}

/** PostgreSQL of one version behind an RDS-like master; `start` brings the server. */
export function postgresHarness(
  engine: string,
  startServer: (folder: string) => Promise<PostgresServer>,
  lacks: Partial<Record<Capability, string>>,
): PostgresHarness {
  const folder = mkdtempSync(join(tmpdir(), "dblease-engine-"));
  let server: PostgresServer;
  let stages = 0;

  const clientFor = (login: ClientConfig, database: string): ClientConfig => ({ ...login, database });
  const master = (): ClientConfig => ({
    host: server.host,
    port: server.port,
    user: server.adminUsername,
    password: server.adminPassword,
    ssl: { ca: server.ca },
  });

  return {
    engine,
    adapter: postgres,
    lacks,
    verifier: (password) => scramSha256(password, randomBytes(16)),
    badVerifiers: (good) => [
      good.replace("4096", "2147483647"),
      "SCRAM-SHA-256$4096:AAAA$AAAA:AAAA",
      "md5a3556571e93b0d20722ba62be61e8c2d",
    ],
    kindOf,
    memberOf: (groupRole) => [groupRole, "jit_managed"].sort(),
    storedInstant: (at) => at,
    planEnds: /^COMMIT$/,
    clinging,
    meddle,
    callItself: async (session, name) => {
      await session.query(`SET application_name = '${name}'`);
    },
    deputyCheck: "owner_role",
    // PUBLIC may create in the schema public of every new database before 15.
    weaknesses: ["public_create"],
    canName: () => true,
    async start() {
      server = await startServer(join(folder, "postgres"));
      await run(server.superuser, "ALTER SYSTEM SET max_prepared_transactions = 10");
      await run(server.superuser, "CREATE ROLE app_owner NOLOGIN");
      const inherit = engine === "postgres 15" ? "" : " WITH INHERIT TRUE, SET TRUE";
      await run(server.superuser, `GRANT app_owner TO ${server.adminUsername}${inherit}`);
      await server.start();
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    async stage() {
      stages += 1;
      const database = `shop_${stages}`;
      const other = `other_${stages}`;
      await run(clientFor(master(), "postgres"), `CREATE DATABASE ${database}`);
      await run(clientFor(master(), "postgres"), `CREATE DATABASE ${other}`);
      await run(clientFor(master(), database), fixtures);
      const reader = {
        name: `dbl_shop_${stages}__read`,
        scopes: [{ schemas: ["app"], privileges: ["select" as const] }],
      };
      const door = (grantId?: string, as?: string) =>
        postgresDoor({
          members: [{ id: "writer", host: server.host, port: server.port }],
          database,
          credentials: { username: as ?? server.adminUsername, password: server.adminPassword },
          tls: { ca: server.ca },
          connectTimeoutMs: 10_000,
          statementTimeoutMs: 20_000,
          ...(grantId === undefined ? {} : { grantId }),
        });
      await postgres.prepare(door(), [reader]);
      const adminSession = () => openSession(clientFor(master(), database));
      const root = (sql: string, where = database) => run(clientFor(server.superuser, where), sql);
      return {
        server,
        database,
        schema: "app",
        orders: "app.orders",
        common: "postgres",
        other,
        reader,
        door,
        adminSession,
        admin: (sql, where = database) => run(clientFor(master(), where), sql),
        root,
        ...postgresWords(root, adminSession, reader.name),
        login: (user, password, where = database) =>
          openSession({ ...master(), user, password, database: where }),
      };
    },
  };
}

const fixtures = `CREATE SCHEMA app;
  ALTER SCHEMA app OWNER TO app_owner;
  SET ROLE app_owner;
  CREATE TABLE app.orders (id serial PRIMARY KEY, customer text);
  INSERT INTO app.orders (customer) VALUES ('ada'), ('bob'), ('cyd')`;

/** Class 28: authorization; 42501: insufficient privilege (PostgreSQL manual, appendix A). */
function kindOf(error: unknown): "denied" | "no login" | undefined {
  const code = (error as { code?: unknown }).code;
  if (code === "28P01" || code === "28000") return "no login";
  return code === "42501" ? "denied" : undefined;
}

async function openSession(login: ClientConfig): Promise<Session> {
  const client = new Client(login);
  client.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    client.once("end", () => resolve());
  });
  await client.connect();
  return {
    ended,
    query: async (sql) => [await client.query(sql)].flat().flatMap((result) => result.rows),
    close: () => client.end(),
  };
}

async function run(login: ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const session = await openSession(login);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}
