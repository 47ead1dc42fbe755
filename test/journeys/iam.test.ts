/** Access by IAM: who gets a token, what it opens, and that everything ends with the grant, whatever a token says. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { DeleteDBInstanceCommand, ModifyDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { Client } from "pg";
import { expect, test } from "vitest";
import { mariadbIamMissing } from "../../local-stack/mariadb-server.ts";
import { registerInstance } from "../../local-stack/register-instance.ts";
import { ownAddress } from "../../local-stack/stand-in-proxy.ts";
import { signToken } from "../../src/iam/sign-token.ts";
import { auditEventsOf } from "../../src/store/audit-events.ts";
import { keys } from "../../src/store/table.ts";
import type { TokenEvent } from "../../src/token.ts";
import { countedLogins } from "./counted-logins.ts";
import { GivenStack } from "./given-stack.ts";
import { mariadbByIam } from "./mariadb-by-iam.ts";
import { signAgo } from "./sign-ago.ts";
import { startCommand } from "./start-command.ts";
import { throughRdsProxy } from "./through-rds-proxy.ts";

const noMariadb = mariadbIamMissing();
const rdsProxy = { name: "orders-proxy", instance: "orders", host: ownAddress() };
const given = new GivenStack(join(import.meta.dirname, "iam.yaml"), {
  iam: true,
  proxies: [rdsProxy],
  ...(noMariadb ? {} : { with: ["mariadb"] }),
});

async function refusal(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => "let in",
    (error: { code?: string; message: string }) => `${error.code} ${error.message}`,
  );
}

async function tokenEvents(id: string): Promise<TokenEvent[]> {
  const events = (await given.eventsOf(id)) as unknown as TokenEvent[];
  return events.filter((it) => it.name === "TokenIssued" || it.name === "TokenRefused");
}

test("a grant by IAM opens with a token, holds its rights, and ends at once though the token is young", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  expect(grant).toMatchObject({ model: "iam", verifierNumber: 0 });
  const token = await given.token(rita, grant.id);
  const session = await given.connect({ username: grant.username, password: token });
  expect((await session.query("SELECT count(*)::int AS n FROM orders")).rows[0].n).toBeGreaterThan(0);
  expect(await refusal(session.query("DELETE FROM orders"))).toContain("42501");
  const again = await given.connect({ username: grant.username, password: token });

  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const closed = await given.until(grant.id, "revoked");
  expect(closed.receipt).toMatchObject({
    users: 0,
    sessions: 0,
    privileges: 0,
    residue: [],
    sessionsEnded: 2,
  });
  await expect(session.query("SELECT 1")).rejects.toThrow();
  await expect(again.query("SELECT 1")).rejects.toThrow();
  expect(await refusal(given.connect({ username: grant.username, password: token }))).not.toBe("let in");
  expect((await rita.call("POST", `/grants/${grant.id}/token`, {})).body.code).toBe("WRONG_STATUS");

  const [issued, refused] = await tokenEvents(grant.id);
  expect(issued?.token.issued).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(refused?.token.refused?.code).toBe("WRONG_STATUS");
  expect(JSON.stringify(await given.eventsOf(grant.id))).not.toContain("X-Amz-Signature");
  // AWS tells of no token, but of the session that the broker took for it.
  await given.untilTrue(async () => (await toldOf(grant.id)).includes("cloudtrail AssumeRole"));
});

/** What the audit has of a grant, and from whom. */
async function toldOf(id: string): Promise<string[]> {
  const now = Date.now();
  const [from = "", to = ""] = [now - 3_600_000, now + 60_000].map((it) => new Date(it).toISOString());
  const told: string[] = [];
  for await (const it of auditEventsOf(given.table, { kind: "grant", key: id }, from, to)) {
    told.push(`${it.origin} ${it.name}`);
  }
  return told;
}

test("a token opens one user of one server for one caller, and nothing else", async () => {
  const rita = await given.user("requester");
  const [mine, other] = [await given.active(rita), await given.active(rita)];
  const token = await given.token(rita, mine.id);
  const login = (username: string, password: string) => refusal(given.connect({ username, password }));
  expect(await login(other.username, token)).toContain("28000");
  expect(await login("master", token)).toContain("28000");
  expect(await login(mine.username, `${token.slice(0, -1)}0`)).toContain("28000");
  expect(await login(mine.username, given.credential().password)).toContain("28000");
  const { host, port } = given.stack.postgres;
  // Signed for another port, and by somebody whom no policy lets in.
  const ritaHerself = await given.accessOf("requester");
  const target = { host, port, username: mine.username };
  expect(await login(mine.username, await signToken(target, "us-east-1", ritaHerself.credentials))).toContain(
    "28000",
  );
  const elsewhere = await signToken({ ...target, port: port + 1 }, "us-east-1", given.root.credentials);
  expect(await login(mine.username, elsewhere)).toContain("28000");
  // Sixteen minutes old.
  const stale = await signAgo(16, target, given.root);
  expect(await login(mine.username, stale)).toContain("28000");

  for (const person of ["approver", "auditor", "admin"]) {
    const answer = await (await given.user(person)).call("POST", `/grants/${mine.id}/token`, {});
    expect([403, 404]).toContain(answer.status);
  }
  const denied = await (await given.user("admin")).call("POST", `/grants/${mine.id}/token`, {});
  expect(denied.body.code).toBe("NOT_ALLOWED");
  expect((await tokenEvents(mine.id)).map((it) => `${it.name} ${it.actor}`)).toContain("TokenRefused root");
  for (const { id } of [mine, other]) await rita.call("POST", `/grants/${id}/revoke`);
  await given.until(other.id, "revoked");
});

/** The command line of the requester, as a person has it. */
function dblease(...words: string[]) {
  const env = {
    ...given.environment("requester"),
    // A stand-in for psql: there is none among the tests' servers.
    PATH: `${given.folder}:${process.env.PATH}`,
    PGSSLROOTCERT: given.stack.postgres.caFile,
  };
  return startCommand(env, ...words);
}

test("connect asks for access where there is none, and hands psql a fresh token by its environment alone", async () => {
  const psql = join(given.folder, "psql");
  writeFileSync(psql, '#!/bin/sh\necho "$PGUSER|$PGHOST|$PGSSLMODE|$PGPASSWORD|$*"\n', { mode: 0o755 });
  const wish = ["--role", "read-only", "--for", "5m", "--reason", "look"];
  const run = dblease("connect", "orders", ...wish, "--", "-c", "select 1");
  expect(await run.code, run.stderr()).toBe(0);
  const [username = "", host, sslmode, token = "", args] = run.stdout().trim().split("|");
  expect([host, sslmode, args]).toEqual(["localhost", "verify-full", "-c select 1"]);
  expect(username).toMatch(/^jit_/);
  await (await given.connect({ username, password: token })).end();
  const again = dblease("connect", "orders");
  expect(await again.code).toBe(0);
  expect(again.stdout()).toContain(username);
  const printed = dblease("token", username.slice(4));
  expect(await printed.code).toBe(0);
  await (await given.connect({ username, password: printed.stdout().trimEnd() })).end();
  await (await given.user("requester")).call("POST", `/grants/${username.slice(4)}/revoke`);
  await given.until(username.slice(4), "revoked");
});

test("the proxy gives every connection a token of its own, and closes with the grant", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  const proxy = dblease("proxy", "orders", "--port", "0");
  await given.untilTrue(async () => /127\.0\.0\.1:\d+/.test(proxy.stderr()));
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(proxy.stderr())?.[1]);
  const open = async () => {
    const client = new Client({
      host: "127.0.0.1",
      port,
      user: "anybody",
      password: "any",
      database: "orders",
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const [one, two] = [await open(), await open()];
  expect((await one.query("SELECT session_user AS me")).rows).toEqual([{ me: grant.username }]);
  expect((await two.query("SELECT count(*)::int AS n FROM orders")).rows[0].n).toBeGreaterThan(0);
  expect((await tokenEvents(grant.id)).filter((it) => it.name === "TokenIssued")).toHaveLength(2);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  await expect(one.query("SELECT 1")).rejects.toThrow();
  await expect(open()).rejects.toThrow(/dblease proxy: .*(revoked|revoking)/);
  expect(await proxy.code).toBe(6);
  expect(proxy.stderr()).toContain(`Grant ${grant.id} is revoked: the proxy is closed.`);
});

test("a grant has 120 tokens a minute, and the refusal of the next one is recorded", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  const now = Date.now();
  // Both minutes: the next may begin meanwhile.
  for (const minute of [now, now + 60_000].map((it) => new Date(it).toISOString().slice(0, 16))) {
    const Item = { ...keys.tokenCount(grant.id, minute), tokens: 120 };
    await given.table.client.send(new PutCommand({ TableName: given.table.name, Item }));
  }
  expect(await rita.call("POST", `/grants/${grant.id}/token`, {})).toMatchObject({
    status: 429,
    body: { code: "TOO_MANY", detail: `grant ${grant.id} had 120 tokens in this minute` },
  });
  expect((await tokenEvents(grant.id)).map((it) => it.token.refused?.code)).toEqual(["TOO_MANY"]);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});

test("no token before the approval", async () => {
  const rita = await given.user("requester");
  const asked = await given.request(rita, { role: "careful" });
  expect((await rita.call("POST", `/grants/${asked.id}/token`, {})).body.code).toBe("WRONG_STATUS");
  await rita.call("POST", `/grants/${asked.id}/cancel`);
});

test("nobody but the broker assumes the connect role", async () => {
  const role = given.resource("IamConnectRole");
  const RoleArn = `arn:aws:iam::000000000000:role/${role}`;
  for (const name of ["requester", "admin"]) {
    const sts = new STSClient(await given.accessOf(name));
    await expect(
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "0123456789ab" })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/AccessDenied/) });
  }
});

test("no token after the end that nobody waited for", async () => {
  const ada = await given.user("approver");
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 6 });
  const token = await given.token(rita, grant.id);
  expect((await tokenEvents(grant.id))[0]?.token.issued?.until).toBe(grant.expiresAt);
  const session = await given.connect({ username: grant.username, password: token });
  await sleep(Date.parse(grant.expiresAt ?? "") - Date.now());
  expect((await rita.call("POST", `/grants/${grant.id}/token`, {})).body.code).toBe("WRONG_STATUS");
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
  await expect(session.query("SELECT 1")).rejects.toThrow();
  // An approver asks for herself: an IAM user without the requester's policy gets nowhere at all.
  expect((await ada.call("POST", "/grants", {})).status).toBe(403);
});

test("a broker that may not assume the role says so, and that is no refusal of the person", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  await given.without("IamBroker", "sts:AssumeRole", async () => {
    expect(await rita.call("POST", `/grants/${grant.id}/token`, {})).toMatchObject({
      status: 500,
      body: { code: "BAD_CONFIGURATION", next: "deploy dblease again" },
    });
  });
  await given.token(rita, grant.id);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});

const people = "arn:aws:iam::000000000000:role/dblease/";
const roleOfRita = `${people}rita`;

/** The policy of a grant as IAM has it; undefined: none. */
async function policyOf(id: string, RoleName = "rita") {
  const found = await new IAMClient(given.root)
    .send(new GetRolePolicyCommand({ RoleName, PolicyName: id }))
    .catch(() => undefined);
  return found && JSON.parse(decodeURIComponent(`${found.PolicyDocument}`));
}

test("policy mode: the person's own role signs, for one user until the end, and loses its policy at the revoke", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { database: "signed" });
  expect(grant.personRole).toBe(roleOfRita);
  const user = `arn:aws:rds-db:us-east-1:000000000000:dbuser:${grant.serverId}/${grant.username}`;
  const policy = await policyOf(grant.id);
  expect(policy.Statement).toMatchObject([{ Action: "rds-db:connect", Resource: [user] }]);

  expect((await rita.call("POST", `/grants/${grant.id}/token`, {})).body).toMatchObject({
    code: "WRONG_STATUS",
    next: expect.stringContaining("dblease token"),
  });
  const printed = dblease("token", grant.id);
  expect(await printed.code, printed.stderr()).toBe(0);
  const password = printed.stdout().trimEnd();
  const session = await given.connect({ username: grant.username, password });
  expect((await session.query("SELECT session_user AS me")).rows).toEqual([{ me: grant.username }]);

  // Anybody else's role, and anybody else in this one.
  for (const name of ["admin", "approver"]) {
    const attempt = given.assume(await given.accessOf(name), roleOfRita, grant.id);
    await expect(attempt).rejects.toMatchObject({ name: expect.stringMatching(/AccessDenied/) });
  }
  const signer = await given.assume(await given.accessOf("requester"), roleOfRita, grant.id);
  const { host, port } = given.stack.postgres;
  const sign = (username: string) => signToken({ host, port, username }, "us-east-1", signer.credentials);
  const judged = async (username: string) =>
    given.stack.emulator.judgeToken("orders", username, await sign(username));
  expect(await judged(grant.username)).toBe(true);
  expect(await judged("master")).toBe(false);

  expect((await rita.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 60 })).status).toBe(202);
  const { expiresAt } = await given.grant(grant.id);
  expect((await policyOf(grant.id)).Statement[0].Condition.DateLessThan["aws:CurrentTime"]).toBe(expiresAt);

  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const { receipt } = await given.until(grant.id, "revoked");
  expect(receipt).toMatchObject({ users: 0, iamPolicy: { role: roleOfRita }, residue: [] });
  expect(await policyOf(grant.id)).toBeUndefined();
  // The role's credentials are good for a quarter of an hour more, and open nothing.
  expect(await judged(grant.username)).toBe(false);
  await expect(session.query("SELECT 1")).rejects.toThrow();
  expect(await given.words("requester", "show", grant.id)).toContain(`its policy is gone from ${roleOfRita}`);
});

test("policy mode: with IAM down the database is fenced all the same, and nothing is called proved", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { database: "signed" });
  await given.without("PersonsPolicy", "iam:*", async () => {
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    const failed = await given.until(grant.id, "revoke_failed");
    expect(failed.failure?.message).toBe(`IAM could not say that ${roleOfRita} has lost its policy`);
    expect(await given.userExists(grant.username)).toBe(false);
  });
  await given.sweepNow(grant.id);
  expect((await given.until(grant.id, "revoked")).receipt).toHaveProperty("iamPolicy");
  expect(await policyOf(grant.id)).toBeUndefined();
});

test("policy mode: the reconciler removes what is left of ended grants, and reports what dblease did not write", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { database: "signed" });
  const left = await policyOf(grant.id);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  const iam = new IAMClient(given.root);
  const put = (PolicyName: string) =>
    iam.send(
      new PutRolePolicyCommand({ RoleName: "rita", PolicyName, PolicyDocument: JSON.stringify(left) }),
    );
  await put(grant.id);
  await put("mine");
  const reconcile = () => given.dblease("admin", "reconcile", "--database", "signed", "--timeout", "60s");
  expect((await reconcile()).data).toMatchObject([
    { kind: "foreign_policy", sentence: "IAM role rita has a policy mine that dblease did not write" },
  ]);
  expect(await policyOf(grant.id)).toBeUndefined();
  expect(await policyOf("mine")).toBeDefined();
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "rita", PolicyName: "mine" }));
  expect((await reconcile()).data).toEqual([]);
});

test("policy mode: whoever has taken over the function that writes policies gets no right but logins of temporary users", async () => {
  const thief = new IAMClient(await given.takeRole("PersonsPolicyServiceRole"));
  const root = new IAMClient(given.root);
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [] });
  // Of the same path, but without the boundary.
  await root.send(new CreateRoleCommand({ RoleName: "bare", Path: "/dblease/", AssumeRolePolicyDocument }));
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const PolicyDocument = JSON.stringify(everything);
  const at = (RoleName: string) => ({ RoleName, PolicyName: "theft" });
  const { Role: rita } = await root.send(new GetRoleCommand({ RoleName: "rita" }));
  const PermissionsBoundary = `${rita?.PermissionsBoundary?.PermissionsBoundaryArn}`;
  const attempts = [
    ...["bare", given.resource("IamConnectRole"), given.resource("PersonsPolicyServiceRole")].flatMap(
      (it) => [
        thief.send(new PutRolePolicyCommand({ ...at(it), PolicyDocument })),
        thief.send(new DeleteRolePolicyCommand(at(it))),
      ],
    ),
    thief.send(new PutUserPolicyCommand({ UserName: "requester", PolicyName: "theft", PolicyDocument })),
    thief.send(new UpdateAssumeRolePolicyCommand({ RoleName: "rita", PolicyDocument })),
    thief.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "rita" })),
    thief.send(new PutRolePermissionsBoundaryCommand({ RoleName: "bare", PermissionsBoundary })),
    thief.send(
      new CreatePolicyVersionCommand({ PolicyArn: PermissionsBoundary, PolicyDocument, SetAsDefault: true }),
    ),
    thief.send(new CreateRoleCommand({ RoleName: "own", Path: "/dblease/", AssumeRolePolicyDocument })),
  ];
  for (const attempt of attempts) {
    await expect(attempt).rejects.toMatchObject({ name: expect.stringMatching(/AccessDenied/) });
  }
  // What it may write is worth what the boundary leaves.
  await thief.send(new PutRolePolicyCommand({ ...at("rita"), PolicyDocument }));
  const signer = await given.assume(await given.accessOf("requester"), roleOfRita, "theft");
  await expect(new IAMClient(signer).send(new GetRoleCommand({ RoleName: "rita" }))).rejects.toMatchObject({
    name: expect.stringMatching(/AccessDenied/),
  });
  const { host, port } = given.stack.postgres;
  const token = await signToken({ host, port, username: "master" }, "us-east-1", signer.credentials);
  expect(await given.stack.emulator.judgeToken("orders", "master", token)).toBe(false);
  await thief.send(new DeleteRolePolicyCommand(at("rita")));
});

test("a database that lost its IAM setting gets no grant and is a finding; the command that mends it is named", async () => {
  const rds = new RDSClient(given.root);
  const root = await given.user("admin");
  const set = (on: boolean) =>
    rds.send(
      new ModifyDBInstanceCommand({
        DBInstanceIdentifier: "orders",
        EnableIAMDatabaseAuthentication: on,
        ApplyImmediately: true,
      }),
    );
  const rita = await given.user("requester");
  await set(false);
  const late = await given.request(rita);
  expect((await given.until(late.id, "denied")).denial?.reason).toContain(
    "dblease databases enable-iam orders",
  );
  expect((await root.call("GET", "/databases/orders/iam")).body).toMatchObject({ enabled: false });
  const reconcile = () => given.dblease("admin", "reconcile", "--database", "orders", "--timeout", "60s");
  expect((await reconcile()).data).toMatchObject([
    {
      kind: "unreachable",
      sentence: "IAM authentication of database orders is off: no token opens it",
      repair: "dblease databases enable-iam orders",
    },
  ]);
  const enabled = await root.call("POST", "/databases/orders/enable-iam", {});
  expect(enabled).toMatchObject({ status: 202, body: { enabled: true } });
  expect((await rita.call("POST", "/databases/orders/enable-iam", {})).status).toBe(403);
  expect((await reconcile()).data).toEqual([]);
  // This one's admin has no password from which it could be moved.
  const move = await given.dblease("admin", "databases", "prepare", "orders", "--admin-by-iam");
  expect(move.data.checks).toContainEqual(
    expect.objectContaining({ ok: false, sentence: "database orders has no admin to move" }),
  );
});

if (noMariadb === undefined) mariadbByIam(given);
else test.skip(`mariadb: no journey by IAM here (${noMariadb})`, () => {});

test("a scan of IAM accuses nobody whom dblease itself lets in", async () => {
  const found: { what: string }[] = (await given.dblease("admin", "audit", "scan")).data;
  // Who deploys may do everything in this account, and so may CloudFormation for them.
  expect(found.map((it) => it.what).sort()).toEqual([
    "role/cdk-hnb659fds-cfn-exec-role-000000000000-us-east-1",
    "user/deployer",
  ]);
});

countedLogins(given);

if (process.platform === "darwin") test.skip("RDS Proxy: macOS has one loopback address alone", () => {});
else throughRdsProxy(given, rdsProxy);

test("a frozen database gives no token, and its open grants say why", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const grant = await given.active(rita);
  await root.call("POST", "/freezes", { scope: "requester/rita", reason: "laptop stolen" });
  expect(await rita.call("POST", `/grants/${grant.id}/token`, {})).toMatchObject({
    body: { code: "FROZEN", detail: "root has frozen requester rita: laptop stolen" },
  });
  await root.call("POST", `/grants/${grant.id}/revoke`, { reason: "laptop stolen" });
  await given.until(grant.id, "revoked");
});

test("a server that is replaced gives no token from that moment, and its grants end", async () => {
  const root = await given.user("admin");
  const grant = await given.active(root);
  const token = await given.token(root, grant.id);
  const judged = () => given.stack.emulator.judgeToken("orders", grant.username, token);
  expect(await judged()).toBe(true);
  const rds = new RDSClient(given.root);
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "orders", SkipFinalSnapshot: true }));
  await registerInstance(given.root, {
    ...given.stack.postgres,
    id: "orders",
    database: "orders",
    engine: "postgres",
    version: "18.4",
    iam: true,
  });
  // One that is out already is for the old server alone, though host and port are the same.
  expect(await judged()).toBe(false);
  // The broker asks RDS once in five seconds; the minute's own sweep may be faster.
  const refusals: string[] = [];
  await given.untilTrue(async () => {
    const { body } = await root.call("POST", `/grants/${grant.id}/token`, {});
    if (body.code) refusals.push(`${body.code} ${body.detail}`);
    return refusals.length > 0;
  });
  expect(refusals.join()).toMatch(/^(REFUSED .*than the one of this grant|WRONG_STATUS )/);
  await given.invoke("Sweep");
  // The admin's tokens are for the listed server alone, too: there is no proof before somebody has listed the new one.
  const ending = await given.until(grant.id, "revoking", "revoke_failed");
  expect(ending.end).toMatchObject({
    cause: "replacement",
    reason: expect.stringContaining(`than the one of this grant (${grant.serverId})`),
  });
});
