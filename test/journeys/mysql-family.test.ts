/** MySQL and MariaDB through the whole deployed dblease: asked by the command line, approved by rule, used, ended, proved. */
import { readFileSync } from "node:fs";
import { createConnection } from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { type FurtherEngine, furtherId } from "../../local-stack/further-servers.ts";
import { mariadbMissing } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing } from "../../local-stack/mysql-server.ts";
import type { GrantView } from "../../src/views.ts";
import { GivenStack } from "./given-stack.ts";

const kinds = [
  { engine: "mysql", missing: mysqlMissing },
  { engine: "mariadb", missing: mariadbMissing },
] as const;
const here = kinds.filter(({ missing }) => missing === undefined);
for (const { engine, missing } of kinds) {
  if (missing !== undefined) test.skip(`${engine}: no journey here (${missing})`, () => {});
}

describe.skipIf(here.length === 0)("the deployed dblease", () => {
  const given = new GivenStack(undefined, { with: here.map(({ engine }) => engine) });

  async function asRoot(engine: FurtherEngine, sql: string) {
    const connection = await createConnection({ ...given.stack.further.get(engine)?.superuser });
    try {
      return (await connection.query(sql))[0] as Record<string, unknown>[];
    } finally {
      await connection.end();
    }
  }

  for (const { engine } of here) {
    const database = furtherId(engine);

    test(`${engine}: asked for, used, extended, given a new password, ended and proved`, async () => {
      expect(
        (await given.dblease("admin", "doctor", database)).data.checks.filter(
          (it: { ok: boolean }) => !it.ok,
        ),
      ).toEqual([]);
      const asked = await given.dblease(
        "requester",
        "request",
        database,
        "--role",
        "read-only",
        "--for",
        "5m",
        "--reason",
        "a journey",
      );
      const grant: GrantView = asked.data;
      expect(grant).toMatchObject({ status: "active", engine });

      const credential = (await given.dblease("requester", "credential", grant.id)).data;
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
      expect((await session.query("SELECT id, status FROM orders WHERE id = 42"))[0]).toEqual([
        { id: 42, status: "paid" },
      ]);
      await expect(session.query("DELETE FROM orders")).rejects.toMatchObject({ errno: 1142 });

      const eventOf = () =>
        asRoot(
          engine,
          `SELECT EXECUTE_AT AS at FROM information_schema.EVENTS WHERE EVENT_NAME = '${grant.username}'`,
        );
      const before = await eventOf();
      expect((await given.dblease("requester", "extend", grant.id, "--by", "5m")).error).toBeUndefined();
      await given.untilTrue(async () => (await given.grant(grant.id)).expiryApplied !== grant.expiresAt);
      expect(await eventOf()).not.toEqual(before);

      const fresh = (await given.dblease("requester", "credential", grant.id, "--new")).data;
      await expect(session.query("SELECT 1")).rejects.toThrow();
      const again = await open(fresh.password);
      again.on("error", () => {});
      expect(
        (await given.dblease("admin", "reconcile", "--database", database, "--timeout", "60s")).data,
      ).toEqual([]);

      const ended = (await given.dblease("requester", "revoke", grant.id)).data;
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
      const rita = await given.user("requester");
      const { verifier } = given.credential();
      const body = {
        database,
        role: "read-only",
        durationSeconds: 60,
        reason: "wrong verifier",
        verifier,
      };
      const answer = await rita.call("POST", "/grants", body, { "idempotency-key": `wrong-${engine}` });
      expect([answer.status, answer.body.code]).toEqual([400, "BAD_VERIFIER"]);
      const plan = (await given.dblease("requester", "plan", database, "--role", "read-only")).data;
      expect(plan.grant.join("\n")).toContain("REQUIRE SSL");
      expect(plan.revoke.at(-1)).toContain("DROP EVENT IF EXISTS");
    });

    test(`${engine}: a view that the user left behind is quarantined; its statement and a second revoke finish it`, async () => {
      const { data: grant } = await given.dblease(
        "requester",
        "request",
        database,
        "--role",
        "read-only",
        "--for",
        "5m",
        "--reason",
        "a view",
      );
      await asRoot(
        engine,
        `CREATE DEFINER = '${grant.username}'@'%' VIEW public.peek_${engine} AS SELECT 1 AS one`,
      );
      await given.dblease("requester", "revoke", grant.id);
      const { receipt } = await given.until(grant.id, "quarantined");
      expect(receipt?.residue.map(({ kind }) => kind)).toEqual(["executable", "user"]);
      await asRoot(engine, String(receipt?.residue[0]?.statement));
      await given.dblease("requester", "revoke", grant.id);
      expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
    });
  }
});
