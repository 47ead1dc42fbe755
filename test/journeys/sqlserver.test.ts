/**
 * SQL Server through the whole deployed dblease, as an instance that RDS calls sqlserver-ex: asked by the command line,
 * approved by rule, used, ended, proved; and an application's password rotated. What answers is the protocol stub.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Instance } from "../../local-stack/register-instance.ts";
import { findRotations } from "../../src/store/rotations.ts";
import type { GrantView } from "../../src/views.ts";
import { masterPermissions } from "../engines/harness/sqlserver.ts";
import { openSession, run } from "../engines/harness/sqlserver-session.ts";
import { type StubBackend, startStub } from "../engines/harness/sqlserver-stub.ts";
import { GivenStack } from "./given-stack.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-sqlserver-"));
const configFile = join(folder, "dblease.yaml");
const instances: (Instance & { host: string })[] = [];
const master = { user: "master_user", password: "Master-password-1" };
let server: StubBackend;

const asRoot = (sql: string, database = "shop") => run(server, { ...server.root, database }, sql);

beforeAll(async () => {
  server = await startStub();
  await asRoot("CREATE DATABASE [shop]", "master");
  for (const it of [master, { user: "shop_app", password: "Of-the-test-1" }]) {
    await asRoot(`CREATE LOGIN [${it.user}] WITH PASSWORD = N'${it.password}'`, "master");
    await asRoot(`CREATE USER [${it.user}] FOR LOGIN [${it.user}]`);
  }
  for (const it of masterPermissions) {
    await asRoot(`GRANT ${it} TO [${master.user}] WITH GRANT OPTION`, "master");
  }
  await asRoot(`ALTER ROLE [db_owner] ADD MEMBER [${master.user}]`);
  await asRoot("CREATE SCHEMA [public_data]");
  await asRoot("CREATE TABLE [public_data].[orders] (id int, status nvarchar(20))");
  await asRoot("INSERT INTO [public_data].[orders] (id, status) VALUES (42, N'paid')");
  await asRoot("GRANT SELECT ON SCHEMA::[public_data] TO [shop_app]");
  const { host, port } = server;
  instances.push({
    ...{ id: "invoices", engine: "sqlserver-ex", version: "16.00.4105.2.v1" },
    ...{ database: "shop", host, port, adminUsername: master.user, iam: false },
  });
  process.env.INVOICES_ADMIN = JSON.stringify({ username: master.user, password: master.password });
  const application = { engine: "sqlserver-ex", host, port, username: "shop_app", password: "Of-the-test-1" };
  process.env.INVOICES_APP = JSON.stringify(application);
  writeFileSync(join(folder, "ca.pem"), server.ca);
  // JSON is YAML.
  writeFileSync(
    configFile,
    JSON.stringify({
      persons: { rita: ["iam-user/requester"], root: ["iam-user/admin"] },
      admins: ["root"],
      roles: { "read-only": [{ schemas: ["public_data"], privileges: ["select"] }] },
      databases: {
        invoices: {
          ...{ engine: "sqlserver", instance: "invoices", database: "shop", roles: ["read-only"] },
          ...{ adminSecret: "env:INVOICES_ADMIN", tls: { ca: "ca.pem" } },
        },
      },
      rules: [
        { id: "read", who: ["*"], databases: ["*"], roles: ["*"], limits: { max: "1h", extensions: 1 } },
      ],
      rotations: {
        app: {
          database: "invoices",
          secret: "env:INVOICES_APP",
          user: "shop_app",
          schedule: "rate(30 days)",
        },
      },
    }),
  );
});
const given = new GivenStack(configFile, { instances });
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("asked for, used, extended, given a new password, ended and proved", async () => {
  const doctor = (await given.dblease("admin", "doctor", "invoices")).data.checks;
  expect(doctor.filter((it: { ok: boolean }) => !it.ok)).toEqual([]);
  expect(doctor[0].sentence).toBe("sqlserver is proven against: protocol stub and grammar");
  const words = ["invoices", "--role", "read-only", "--for", "5m", "--reason", "a journey"];
  const grant: GrantView = (await given.dblease("requester", "request", ...words)).data;
  expect(grant).toMatchObject({ status: "active", engine: "sqlserver" });

  const credential = (await given.dblease("requester", "credential", grant.id)).data;
  const at = {
    host: credential.host,
    port: credential.port,
    ca: readFileSync(credential.sslrootcert, "utf8"),
  };
  const open = (password: string) => openSession(at, { user: credential.username, password });
  const session = await open(credential.password);
  expect(await session.query("SELECT id, status FROM public_data.orders WHERE id = 42")).toEqual([
    { id: 42, status: "paid" },
  ]);
  await expect(session.query("DELETE FROM public_data.orders")).rejects.toMatchObject({ number: 229 });

  expect((await given.dblease("requester", "extend", grant.id, "--by", "5m")).error).toBeUndefined();
  const fresh = (await given.dblease("requester", "credential", grant.id, "--new")).data;
  await session.ended;
  const again = await open(fresh.password);
  const look = ["reconcile", "--database", "invoices", "--timeout", "60s"];
  expect((await given.dblease("admin", ...look)).data).toEqual([]);

  const ended = (await given.dblease("requester", "revoke", grant.id)).data;
  expect(ended.status).toBe("revoked");
  const nothing = { residue: [], users: 0, sessions: 0, privileges: 0, objects: 0 };
  expect(ended.receipt).toMatchObject({ ...nothing, sessionsEnded: 1 });
  await again.ended;
  await expect(open(fresh.password)).rejects.toMatchObject({ code: "ELOGIN" });
  expect(
    await asRoot(`SELECT name FROM sys.server_principals WHERE name = N'${grant.username}'`, "master"),
  ).toEqual([]);
  const passwords = [credential.password, fresh.password];
  expect(server.stub.batches.filter((batch) => passwords.some((it) => batch.includes(it)))).toEqual([]);
});

test("the plan shows this engine's statements; another engine's verifier is refused", async () => {
  const plan = (await given.dblease("requester", "plan", "invoices", "--role", "read-only")).data;
  expect(plan.grant.join("\n")).toContain("HASHED");
  expect(plan.revoke.at(-1)).toContain("DROP LOGIN");
  const rita = await given.user("requester");
  const { verifier } = given.credential();
  const body = { database: "invoices", role: "read-only", durationSeconds: 60, reason: "wrong", verifier };
  const answer = await rita.call("POST", "/grants", body, { "idempotency-key": "wrong-sqlserver" });
  expect([answer.status, answer.body.code]).toEqual([400, "BAD_VERIFIER"]);
});

test("an application's password rotates between two logins, and neither is refused", async () => {
  const secrets = new SecretsManagerClient(given.root);
  const SecretId = "dblease/app/application";
  const current = async () => {
    const found = await secrets.send(new GetSecretValueCommand({ SecretId }));
    return JSON.parse(`${found.SecretString}`) as { username: string; password: string };
  };
  const logIn = async ({ username, password }: { username: string; password: string }) => {
    const session = await openSession(server, { user: username, password, database: "shop" });
    const [row] = await session.query("SELECT status FROM public_data.orders");
    await session.close();
    return row?.status;
  };
  const seen = [(await current()).username];
  for (let round = 0; round < 2; round++) {
    const before = await current();
    // Its label has moved before a run is over, and until then there is no other.
    await given.untilTrue(() =>
      secrets.send(new RotateSecretCommand({ SecretId })).then(
        () => true,
        () => false,
      ),
    );
    await given.untilTrue(async () => (await current()).password !== before.password);
    const after = await current();
    seen.push(after.username);
    expect([await logIn(before), await logIn(after)]).toEqual(["paid", "paid"]);
  }
  expect(seen).toEqual(["shop_app", "shop_app_clone", "shop_app"]);
  await given.untilTrue(async () => (await findRotations(given.table))[0]?.status === "succeeded");
});
