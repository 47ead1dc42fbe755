/** MySQL and MariaDB through the whole deployed dblease: asked by the command line, approved by rule, used, ended, proved. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadbMissing, startMariadbServer } from "../../local-stack/mariadb-server.ts";
import type { MysqlFamilyServer } from "../../local-stack/mysql-family-server.ts";
import { mysqlMissing, startMysqlServer } from "../../local-stack/mysql-server.ts";
import type { GrantView } from "../../src/views.ts";
import { GivenStack } from "./given-stack.ts";

const kinds = [
  { engine: "mysql", missing: mysqlMissing, start: startMysqlServer },
  { engine: "mariadb", missing: mariadbMissing, start: startMariadbServer },
] as const;
const here = kinds.filter(({ missing }) => missing === undefined);
for (const { engine, missing } of kinds) {
  if (missing !== undefined) test.skip(`${engine}: no journey here (${missing})`, () => {});
}

describe.skipIf(here.length === 0)("the deployed dblease", () => {
  const folder = mkdtempSync(join(tmpdir(), "dblease-mysql-family-"));
  const configFile = join(folder, "dblease.yaml");
  copyFileSync(join(import.meta.dirname, "dblease.yaml"), configFile);
  const given = new GivenStack(configFile);
  const servers = new Map<string, MysqlFamilyServer>();

  const entry = (engine: string, server: MysqlFamilyServer) => `  ${engine}:
    engine: ${engine}
    host: ${server.host}
    port: ${server.port}
    database: shop
    adminSecret: env:${engine.toUpperCase()}_ADMIN
    tls: { ca: ${server.caFile} }
    roles: [shop-read]
`;

  async function asRoot(engine: string, sql: string) {
    const connection = await createConnection({
      ...servers.get(engine)?.superuser,
      multipleStatements: true,
    });
    try {
      return (await connection.query(sql))[0] as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  }

  beforeAll(async () => {
    for (const { engine, start } of here) {
      const server = await start({ folder: join(folder, engine) });
      servers.set(engine, server);
      const login = { username: server.adminUsername, password: server.adminPassword };
      process.env[`${engine.toUpperCase()}_ADMIN`] = JSON.stringify(login);
      await asRoot(
        engine,
        "SET GLOBAL event_scheduler = ON; CREATE DATABASE shop; CREATE TABLE shop.orders (id int); INSERT INTO shop.orders VALUES (42)",
      );
    }
    const ids = here.map(({ engine }) => engine).join(", ");
    const wider = readFileSync(configFile, "utf8")
      .replace("databases:\n", `  shop-read:\n    - { schemas: [shop], privileges: [select] }\ndatabases:\n`)
      .replace(
        "rules:\n",
        `${here.map(({ engine }) => entry(engine, servers.get(engine) as MysqlFamilyServer)).join("")}rules:\n`,
      )
      .concat(
        `  - { id: shop, who: [root], databases: [${ids}], roles: [shop-read], limits: { max: 1h, open: 10, extensions: 2 } }\n`,
      );
    writeFileSync(configFile, wider);
    await given.stack.apply();
  });
  afterAll(async () => {
    for (const server of servers.values()) await server.stop();
  });

  for (const { engine } of here) {
    test(`${engine}: asked for, used, extended, given a new password, ended and proved`, async () => {
      expect(
        (await given.dblease("admin", "doctor", engine)).data.checks.filter((it: { ok: boolean }) => !it.ok),
      ).toEqual([]);
      const asked = await given.dblease(
        "admin",
        "request",
        engine,
        "--role",
        "shop-read",
        "--for",
        "5m",
        "--reason",
        "a journey",
      );
      const grant: GrantView = asked.data;
      expect(grant).toMatchObject({ status: "active", engine });

      const credential = (await given.dblease("admin", "credential", grant.id)).data;
      // The command line takes the file away with the grant.
      const ca = readFileSync(credential.sslrootcert, "utf8");
      const open = (password: string) =>
        createConnection({
          host: credential.host,
          port: credential.port,
          user: credential.username,
          password,
          database: credential.database,
          ssl: { ca },
        });
      const session = await open(credential.password);
      session.on("error", () => {});
      expect((await session.query("SELECT id FROM orders"))[0]).toEqual([{ id: 42 }]);
      await expect(session.query("DELETE FROM orders")).rejects.toMatchObject({ errno: 1142 });

      const eventOf = () =>
        asRoot(
          engine,
          `SELECT EXECUTE_AT AS at FROM information_schema.EVENTS WHERE EVENT_NAME = '${grant.username}'`,
        );
      const before = await eventOf();
      expect((await given.dblease("admin", "extend", grant.id, "--by", "5m")).error).toBeUndefined();
      await given.untilTrue(async () => (await given.grant(grant.id)).expiryApplied !== grant.expiresAt);
      expect(await eventOf()).not.toEqual(before);

      const fresh = (await given.dblease("admin", "credential", grant.id, "--new")).data;
      await expect(session.query("SELECT 1")).rejects.toThrow();
      const again = await open(fresh.password);
      again.on("error", () => {});
      expect(
        (await given.dblease("admin", "reconcile", "--database", engine, "--timeout", "60s")).data,
      ).toEqual([]);

      const ended = (await given.dblease("admin", "revoke", grant.id)).data;
      expect(ended.status).toBe("revoked");
      expect(ended.receipt).toMatchObject({
        residue: [],
        users: 0,
        sessions: 0,
        privileges: 0,
        sessionsEnded: 1,
      });
      await expect(again.query("SELECT 1")).rejects.toThrow();
      await expect(open(fresh.password)).rejects.toMatchObject({ code: "ER_ACCESS_DENIED_ERROR" });
      expect(await asRoot(engine, `SELECT User FROM mysql.user WHERE User = '${grant.username}'`)).toEqual(
        [],
      );
      expect(await eventOf()).toEqual([]);
    });

    test(`${engine}: another engine's verifier is refused, and the plan shows this engine's statements`, async () => {
      const root = await given.user("admin");
      const { verifier } = given.credential();
      const body = {
        database: engine,
        role: "shop-read",
        durationSeconds: 60,
        reason: "wrong verifier",
        verifier,
      };
      const answer = await root.call("POST", "/grants", body, { "idempotency-key": `wrong-${engine}` });
      expect([answer.status, answer.body.code]).toEqual([400, "BAD_VERIFIER"]);
      const plan = (await given.dblease("admin", "plan", engine, "--role", "shop-read")).data;
      expect(plan.grant.join("\n")).toContain("REQUIRE SSL");
      expect(plan.revoke.at(-1)).toContain("DROP EVENT IF EXISTS");
    });

    test(`${engine}: a view that the user left behind is quarantined; its statement and a second revoke finish it`, async () => {
      const { data: grant } = await given.dblease(
        "admin",
        "request",
        engine,
        "--role",
        "shop-read",
        "--for",
        "5m",
        "--reason",
        "a view",
      );
      await asRoot(
        engine,
        `CREATE DEFINER = '${grant.username}'@'%' VIEW shop.peek_${engine} AS SELECT 1 AS one`,
      );
      await given.dblease("admin", "revoke", grant.id);
      const { receipt } = await given.until(grant.id, "quarantined");
      expect(receipt?.residue.map(({ kind }) => kind)).toEqual(["executable", "user"]);
      await asRoot(engine, String(receipt?.residue[0]?.statement));
      await given.dblease("admin", "revoke", grant.id);
      expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
    });
  }
});
