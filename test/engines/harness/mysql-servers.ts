/** The servers of MySQL's family that can be started here, for tests that are told on each of them. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, test } from "vitest";
import { mariadbMissing, startMariadbServer } from "../../../local-stack/mariadb-server.ts";
import type { MysqlFamilyServer } from "../../../local-stack/mysql-family-server.ts";
import { mysqlMissing, startMysqlServer } from "../../../local-stack/mysql-server.ts";
import type { MysqlConnection, MysqlLogin } from "../../../src/connect/mysql.ts";
import { mysqlDoor } from "../../../src/connect/mysql-door.ts";
import type { Door, NewUser } from "../../../src/engines/engine.ts";
import type { Dialect } from "../../../src/engines/mysql/dialect.ts";
import { mariadbDialect, mysqlDialect } from "../../../src/engines/mysql/dialect.ts";
import { grantId, usernameOf } from "../../../src/grant.ts";
import { newSecret } from "../../../src/verifiers/new-secret.ts";
import { inSeconds } from "../conformance/story.ts";

export interface Kind {
  dialect: Dialect;
  missing: string | undefined;
  start: (options: { folder: string }) => Promise<MysqlFamilyServer>;
}

const kinds: readonly Kind[] = [
  { dialect: mysqlDialect, missing: mysqlMissing, start: startMysqlServer },
  { dialect: mariadbDialect, missing: mariadbMissing, start: startMariadbServer },
];

/** A running server and the ways in. */
export interface Running {
  dialect: Dialect;
  server: MysqlFamilyServer;
  /** Of RDS's master. */
  login: MysqlLogin;
  /** As RDS itself, for fixtures. */
  root(sql: string): Promise<Record<string, unknown>[]>;
}

export const groupRole = "dbl_shop__read";

/** A new user as the workflow would ask for it; nothing is in the database yet. */
export function newUser({ dialect }: Running): { user: NewUser; secret: string } {
  const id = grantId(randomBytes(12));
  const { password, verifier } = newSecret(dialect.engine, randomBytes);
  const user = {
    username: usernameOf(id),
    marker: { installation: "test", grantId: id },
    groupRole,
    verifier,
    expiresAt: inSeconds(600),
    connectionLimit: 10,
    deadline: inSeconds(60),
  };
  return { user, secret: password };
}

/** The way to the server as its master, tagged with a grant where there is one. */
export function doorOf({ server, login }: Running, grantId?: string): Door<MysqlConnection> {
  return mysqlDoor({
    members: [{ id: "writer", host: server.host, port: server.port }],
    database: "shop",
    credentials: login,
    tls: login.tls,
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 20_000,
    ...(grantId === undefined ? {} : { grantId }),
  });
}

/** Tells these tests on each kind of server; one that cannot be started is skipped, and the output says why. */
export function onEachServer(what: string, tell: (running: () => Running) => void): void {
  for (const { dialect, missing, start } of kinds) {
    const title = `${dialect.engine}: ${what}`;
    if (missing !== undefined) {
      test.skip(`${title}: not proven here (${missing})`, () => {});
      continue;
    }
    describe(title, () => {
      const folder = mkdtempSync(join(tmpdir(), `dblease-${dialect.engine}-`));
      let running: Running;
      beforeAll(async () => {
        const server = await start({ folder: join(folder, "server") });
        running = {
          dialect,
          server,
          login: {
            host: server.host,
            port: server.port,
            username: server.adminUsername,
            password: server.adminPassword,
            tls: { ca: server.ca },
            applicationName: "dblease/7k2m9q4x1c0z",
            connectTimeoutMs: 5_000,
            statementTimeoutMs: 8_000,
          },
          async root(sql) {
            const connection = await createConnection({ ...server.superuser, multipleStatements: true });
            try {
              const [answer] = await connection.query(sql);
              return answer as Record<string, unknown>[];
            } finally {
              await connection.end();
            }
          },
        };
      });
      afterAll(async () => {
        await running.server.stop();
        rmSync(folder, { recursive: true, force: true });
      });
      tell(() => running);
    });
  }
}
