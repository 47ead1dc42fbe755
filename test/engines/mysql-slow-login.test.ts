/**
 * A login that has named its account before the revoke and shows the password afterwards (dangers 32): MySQL lets it in,
 * by the account as it was, even when that is dropped by then. MariaDB shows whose it is, and it ends like any session.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type AuthPlugin, createConnection } from "mysql2";
import { expect, test } from "vitest";
import { mysqlMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";
import { mysqlDoor } from "../../src/connect/mysql-door.ts";
import { mysql } from "../../src/engines/mysql.ts";
import { grantId, usernameOf } from "../../src/grant.ts";
import { cachingSha2, cachingSha2Salt } from "../../src/verifiers/caching-sha2.ts";
import { password } from "../../src/verifiers/password.ts";

const groupRole = "dbl_shop__read";
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** Answers wrongly at first, so that the server asks for the password itself, and then takes its time. */
function slowly(secret: string, milliseconds: number): AuthPlugin {
  let asked = 0;
  return () => async () => {
    asked += 1;
    if (asked === 1) return Buffer.alloc(32, 1);
    await pause(milliseconds);
    return Buffer.from(`${secret}\0`);
  };
}

test.skipIf(mysqlMissing !== undefined)(
  "mysql: a login that waits on purpose, after the look at its account, does not outlive the revoke",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "dblease-slow-login-"));
    const server = await startMysqlServer({ folder: join(folder, "mysql") });
    const { host, port, ca } = server;
    const id = grantId(randomBytes(12));
    const door = mysqlDoor({
      members: [{ id: "writer", host, port }],
      database: "shop",
      credentials: { username: server.adminUsername, password: server.adminPassword },
      tls: { ca },
      connectTimeoutMs: 10_000,
      statementTimeoutMs: 20_000,
      grantId: id,
    });
    await mysql.prepare(door, [{ name: groupRole, scopes: [] }]);
    const secret = password(randomBytes);
    const user = {
      username: usernameOf(id),
      marker: { installation: "test", grantId: id },
      groupRole,
      verifier: cachingSha2(secret, cachingSha2Salt(randomBytes(20))),
      expiresAt: inSeconds(600),
      connectionLimit: 10,
      deadline: inSeconds(60),
    };
    await mysql.grant(door, user);

    const login = { host, port, user: user.username, password: secret, ssl: { ca }, connectTimeout: 60_000 };
    const client = createConnection({
      ...login,
      authPlugins: { caching_sha2_password: slowly(secret, 2_500) },
    });
    const outcome = new Promise<string>((resolve) => {
      client.once("connect", () => resolve("came in"));
      client.once("error", () => resolve("refused"));
    });
    client.on("error", () => {});
    // Nobody can see whose it is, so there is nothing to wait for but time.
    await pause(500);
    const receipt = await mysql.revoke(door, user, () => new Date());
    expect(await outcome).toBe("came in");
    expect(receipt).toMatchObject({ users: 0, sessions: 0, residue: [] });
    await expect(client.promise().query("SELECT 1")).rejects.toThrow();
    expect((await mysql.inspect(door, user, () => new Date())).residue).toEqual([]);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  },
);
