/** dblease.yaml changes while dblease runs: another database, a removed one, a mistake. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { GivenStack } from "./given-stack.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-configuration-"));
const configFile = join(folder, "dblease.yaml");
copyFileSync(join(import.meta.dirname, "dblease.yaml"), configFile);
const given = new GivenStack(configFile);
const original = readFileSync(configFile, "utf8");
let other: PostgresServer;

beforeAll(async () => {
  other = await startPostgresServer({ folder: join(folder, "postgres") });
});

afterAll(async () => {
  await other.stop();
});

function withStock(): string {
  return original
    .replace(
      "rules:",
      `  stock:
    engine: postgres
    host: ${other.host}
    port: ${other.port}
    database: postgres
    adminSecret: env:STOCK_ADMIN
    tls: { ca: postgres/ca.pem }
    roles: [read-only]
rules:`,
    )
    .replace(
      "databases: [orders]\n    roles: [read-only]",
      "databases: [orders, stock]\n    roles: [read-only]",
    );
}

test("a database that the local stack did not start is added by editing dblease.yaml alone", async () => {
  process.env.STOCK_ADMIN = JSON.stringify({
    username: other.adminUsername,
    password: other.adminPassword,
    host: "attacker.example",
  });
  copyFileSync(other.caFile, join(folder, "postgres", "ca.pem"));
  writeFileSync(configFile, withStock());
  await given.stack.apply();
  const rita = await given.user("requester");
  const databases = (await rita.call("GET", "/databases")).body.databases;
  expect(databases.map((it: { id: string }) => it.id)).toEqual(["orders", "stock"]);
  const { verifier } = given.credential();
  const body = {
    database: "stock",
    role: "read-only",
    durationSeconds: 60,
    reason: "another database",
    verifier,
  };
  const { body: grant } = await rita.call("POST", "/grants", body, { "idempotency-key": "another-database" });
  const active = await given.until(grant.id, "active");
  // The host in the secret is bait (dangers 29): the one of the configuration counts.
  expect(active.members).toEqual([{ id: "writer", host: other.host, port: other.port }]);
});

test("a deploy that would remove a database with live grants fails, and the configuration in force stays (dangers 15)", async () => {
  writeFileSync(configFile, original);
  await expect(given.stack.apply()).rejects.toThrow(
    /still need databases or admin secrets that the deploy would remove/,
  );
  const rita = await given.user("requester");
  const grants = (await rita.call("GET", "/grants")).body.grants;
  const live = grants.find((it: { database: string }) => it.database === "stock");
  expect(live.status).toBe("active");
  await rita.call("POST", `/grants/${live.id}/revoke`);
  expect((await given.until(live.id, "revoked")).receipt?.residue).toEqual([]);
  await given.sweepNow(live.id);
  await given.untilTrue(async () => (await given.grant(live.id)).recheckedAt !== undefined);
  await given.stack.apply();
  expect((await rita.call("GET", "/databases")).body.databases).toHaveLength(1);
});

test("a role that is taken out while a grant is alive gives nothing more, and the grant ends with its proof", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 300 });
  writeFileSync(configFile, original.replace("roles: [read-only, read-write]", "roles: [read-write]"));
  await given.stack.apply();
  await expect(given.request(rita)).rejects.toThrow(/has no role/);
  expect(await rita.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 60 })).toMatchObject({
    body: { code: "REFUSED" },
  });
  await (await given.connect(grant)).end();
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt).toMatchObject({ users: 0, residue: [] });
  writeFileSync(configFile, original);
  await given.stack.apply();
});

test("an admin secret without a login is named, its content is not", async () => {
  const rita = await given.user("requester");
  const secret = { SecretId: "dblease/orders/admin", SecretString: "hunter2-is-no-json" };
  await new SecretsManagerClient(given.root).send(new PutSecretValueCommand(secret));
  const grant = await given.request(rita, { seconds: 60 });
  const failed = await given.until(grant.id, "revoke_failed");
  expect(failed.failure?.message).toContain("does not hold JSON with username and password");
  expect(JSON.stringify(failed)).not.toContain("hunter2");
});
