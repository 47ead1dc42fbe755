import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, createConnection, type RowDataPacket } from "mysql2/promise";
import type { Judge } from "../../../local-stack/judge-socket.ts";
import type { MysqlFamilyServer } from "../../../local-stack/mysql-family-server.ts";
import type { MysqlConnection } from "../../../src/connect/mysql.ts";
import { mysqlDoor } from "../../../src/connect/mysql-door.ts";
import { mariadb } from "../../../src/engines/mariadb.ts";
import { mysql } from "../../../src/engines/mysql.ts";
import { cachingSha2, cachingSha2Salt } from "../../../src/verifiers/caching-sha2.ts";
import { mysqlNative } from "../../../src/verifiers/mysql-native.ts";
import type { Harness, Session, SplitMessage, Stage } from "../conformance/harness.ts";
import { isDead } from "./dead-session.ts";
import { clinging, meddle } from "./mysql-clinging.ts";
import { mysqlWords } from "./mysql-words.ts";

export type Flavour = "mysql" | "mariadb";

export interface MysqlStage extends Stage<MysqlConnection> {
  server: MysqlFamilyServer;
  /** Of the bootstrap superuser. */
  rootSession(): Promise<Session>;
  loginInPlainText(username: string, password: string): Promise<Session>;
}

export interface MysqlHarness extends Harness<MysqlConnection> {
  flavour: Flavour;
  /** AWS thinks about the next token until `sayYes`. */
  holdJudge(): { asked: Promise<void>; sayYes(): void };
  stage(): Promise<MysqlStage>;
}

/**
 * MySQL or MariaDB behind an RDS-like master; `startServer` brings it. `engine`: with its version, for the titles.
 * `byIam`: users log in by tokens, which a stand-in for AWS judges by their text alone.
 */
export function mysqlHarness(
  flavour: Flavour,
  engine: string,
  startServer: (options: { folder: string; judge?: Judge }) => Promise<MysqlFamilyServer>,
  byIam?: "by IAM",
): MysqlHarness {
  const folder = mkdtempSync(join(tmpdir(), "dblease-engine-"));
  const adapter = flavour === "mysql" ? mysql : mariadb;
  let server: MysqlFamilyServer;
  let stages = 0;
  let held: Record<"asked" | "answered", PromiseWithResolvers<void>> | undefined;

  const loginAs = (user: string, password: string, database?: string): ConnectionOptions => ({
    host: server.host,
    port: server.port,
    user,
    password,
    ssl: { ca: server.ca },
    enableCleartextPlugin: byIam !== undefined,
    ...(database === undefined ? {} : { database }),
  });
  const master = (database?: string) => loginAs(server.adminUsername, server.adminPassword, database);

  return {
    holdJudge() {
      const holding = { asked: Promise.withResolvers<void>(), answered: Promise.withResolvers<void>() };
      held = holding;
      return {
        asked: holding.asked.promise,
        sayYes() {
          held = undefined;
          holding.answered.resolve();
        },
      };
    },
    engine: byIam ? `${engine} ${byIam}` : engine,
    flavour,
    adapter,
    lacks: {
      ownership: "tables have no owner; what runs as a user is told in the stories of this engine",
      "prepared transactions": "nobody can see whose one is; told in the stories of this engine",
      "transactional accounts": "every change of an account commits by itself",
      "immediate privileges": "privileges on the schema of a session are read when it enters the schema",
      "search path": "a function is only ever looked for in the session's own schema, and the admin has none",
      "owned roles": "every admin with CREATE USER may change every user",
      ...(byIam ? { verifiers: "a user by IAM has none" } : {}),
      "no set role": "a role is active from the login on; there is nothing more to become",
    },
    ...(byIam ? { tokenOf } : {}),
    verifier: (password) =>
      flavour === "mysql" ? cachingSha2(password, cachingSha2Salt(randomBytes(20))) : mysqlNative(password),
    badVerifiers: (good) => [
      good.slice(0, -1),
      `${good}A`,
      good.replace("$005$", "$FFF$").toLowerCase(),
      good.replace(/.$/, "'"),
      flavour === "mysql" ? mysqlNative("Secret-1") : "5d2e19393cc5ef67",
      "invalid",
    ],
    kindOf,
    memberOf: (groupRole) => [groupRole],
    storedInstant: (at) => `${at.slice(0, 19)}.000Z`,
    planEnds: /^DROP EVENT IF EXISTS/,
    clinging: clinging(flavour),
    meddle: (session, password) => meddle(flavour, session, password),
    async callItself(session, name) {
      session.query(`/* ${name} */ SELECT SLEEP(2)`).catch(() => {});
    },
    ...(flavour === "mariadb" ? { deputyCheck: "give_roles" } : {}),
    weaknesses: [],
    // "Schema Object Names": none ends with a space.
    canName: (name) => !name.endsWith(" "),
    split,
    async start() {
      const judge: Judge = async (username, token) => {
        held?.asked.resolve();
        await held?.answered.promise;
        return token === tokenOf(username);
      };
      server = await startServer({ folder: join(folder, "server"), ...(byIam ? { judge } : {}) });
      await run(server.superuser, "SET GLOBAL event_scheduler = ON");
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    async stage() {
      stages += 1;
      const schema = `app_${stages}`;
      await run(
        master(),
        `CREATE DATABASE ${schema};
        CREATE TABLE ${schema}.orders (id int PRIMARY KEY AUTO_INCREMENT, customer varchar(20));
        INSERT INTO ${schema}.orders (customer) VALUES ('ada'), ('bob'), ('cyd')`,
      );
      const reader = {
        name: `dbl_shop_${stages}__read`,
        scopes: [{ schemas: [schema], privileges: ["select" as const] }],
      };
      const door = (grantId?: string, as?: string) =>
        mysqlDoor({
          members: [{ id: "writer", host: server.host, port: server.port }],
          database: schema,
          credentials:
            byIam && as !== undefined
              ? async () => ({ username: as, password: tokenOf(as), byIam: true })
              : { username: as ?? server.adminUsername, password: server.adminPassword },
          tls: { ca: server.ca },
          connectTimeoutMs: 10_000,
          statementTimeoutMs: 20_000,
          ...(grantId === undefined ? {} : { grantId }),
        });
      await adapter.prepare(door(), [reader]);
      const admin = (sql: string, where = schema) => run(master(where), sql);
      const root = (sql: string) => run(server.superuser, sql);
      const rootSession = () => openSession(server.superuser);
      return {
        server,
        rootSession,
        database: schema,
        schema,
        orders: `${schema}.orders`,
        common: "information_schema",
        reader,
        door,
        adminSession: () => openSession(master(schema)),
        admin,
        root,
        login: (user, password, where = schema) => openSession(loginAs(user, password, where)),
        loginInPlainText: (user, password) => openSession({ ...loginAs(user, password), ssl: undefined }),
        // 8.0.15 closes the socket and then waits for it.
        ...(flavour === "mysql" ? { isDead: (session) => isDead(session, server, root) } : {}),
        ...mysqlWords({
          flavour,
          schema,
          reader: reader.name,
          password: server.adminPassword,
          admin,
          root,
          rootSession,
        }),
      };
    },
  };
}

/** As long as a real one may be. */
function tokenOf(username: string): string {
  return `${username}:3306/?Action=connect&${"x".repeat(1_900)}`;
}

/** Numbers: "Server Error Message Reference"; 4151 is MariaDB's own for a locked account. */
function kindOf(error: unknown): "denied" | "no login" | undefined {
  const { errno } = error as { errno?: number };
  if (errno === undefined) return undefined;
  if ([1045, 1130, 1698, 1862, 3118, 4151].includes(errno)) return "no login";
  return [1044, 1142, 1143, 1227, 1370, 1410].includes(errno) ? "denied" : undefined;
}

/** Each statement of a message of ours begins with the tag, as a comment. */
function split(words: unknown[]): SplitMessage {
  const [options] = words as [{ sql: string }];
  const statements = options.sql.split(/;\n(?=\/\* dblease)/);
  return {
    statements: statements.length,
    first: (count) => [{ ...options, sql: statements.slice(0, count).join(";\n") }],
  };
}

async function openSession(login: ConnectionOptions): Promise<Session> {
  const { host, port, socketPath } = login;
  const socket = socketPath === undefined ? connect(port ?? 0, host) : connect(socketPath);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const connection = await createConnection({ ...login, multipleStatements: true, stream: () => socket });
  connection.on("error", () => {});
  return {
    ended,
    query: async (sql) => [(await connection.query(sql))[0]].flat(2).filter(isRow),
    close: () => connection.end(),
  };
}

/** A statement without rows answers with a header. */
function isRow(result: object): result is RowDataPacket {
  return result.constructor.name !== "ResultSetHeader";
}

async function run(login: ConnectionOptions, sql: string): Promise<Record<string, unknown>[]> {
  const session = await openSession(login);
  try {
    return await session.query(sql);
  } finally {
    await session.close();
  }
}
