/** Rotation as it is deployed: Secrets Manager calls the function, on demand and by the schedule; people look and act. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { expect, test } from "vitest";
import { findRotations } from "../../src/store/rotations.ts";
import { recordFindings } from "../../src/workflow/record-findings.ts";
import { GivenStack } from "./given-stack.ts";

process.env.ORDERS_WEB = JSON.stringify({ username: "orders_web", password: "not yet known to the server" });
process.env.ORDERS_SELF = JSON.stringify({ username: "orders_self", password: "of its own" });
const given = new GivenStack(join(import.meta.dirname, "rotation.yaml"));

const secrets = () => new SecretsManagerClient(given.root);

interface Current {
  username: string;
  password: string;
  versionId: string;
  text: string;
}

async function current(id = "orders-app"): Promise<Current> {
  const found = await secrets().send(new GetSecretValueCommand({ SecretId: `dblease/${id}/application` }));
  const text = `${found.SecretString}`;
  return { ...JSON.parse(text), versionId: `${found.VersionId}`, text };
}

async function works({ username, password }: Current): Promise<boolean> {
  const { host, port, ca } = given.stack.postgres;
  const client = new Client({ host, port, database: "orders", user: username, password, ssl: { ca } });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

test("an administrator rotates; the password changes and nothing else of the secret", async () => {
  const before = await current();
  expect(await given.dblease("admin", "rotate", "orders-app", "--timeout", "60s")).toMatchObject({
    data: { id: "orders-app", status: "succeeded", user: "orders_app", gapPossible: true },
  });
  const after = await current();
  expect(after.text).toBe(before.text.replace(before.password, after.password));
  expect([await works(before), await works(after)]).toEqual([false, true]);
  const { VersionIdsToStages } = await secrets().send(
    new DescribeSecretCommand({ SecretId: "dblease/orders-app/application" }),
  );
  expect(VersionIdsToStages?.[before.versionId]).toEqual(["AWSPREVIOUS"]);
});

test("where no admin is configured a user changes its own password; there is no access to ask for", async () => {
  const { superuser } = given.stack.postgres;
  const root = new Client({ ...superuser, database: "orders" });
  await root.connect();
  await root.query("CREATE ROLE orders_self LOGIN PASSWORD 'of its own'");
  await root.end();
  const before = await current("orders-self");
  expect(await given.dblease("admin", "rotate", "orders-self", "--timeout", "60s")).toMatchObject({
    data: { status: "succeeded", gapPossible: true },
  });
  expect([await works(before), await works(await current("orders-self"))]).toEqual([false, true]);
  expect(await given.dblease("admin", "doctor", "orders-alone")).toMatchObject({
    error: { code: "BAD_CONFIGURATION" },
  });
  // What somebody saw who could look is not over because nobody can look any more.
  const seen = { kind: "unexplained_user", what: "helper", sentence: "helper may log in" } as const;
  const recorder = { table: given.table, clock: () => new Date() };
  await recordFindings(recorder, "orders-alone", [seen], () => false);
  await given.dblease("admin", "reconcile", "--database", "orders-alone", "--timeout", "60s");
  const { data } = await given.dblease("auditor", "audit", "findings");
  expect(data.filter((it: { database: string }) => it.database === "orders-alone")).toMatchObject([seen]);
});

test("a failed run says why, and the next one throws away what it left", async () => {
  expect(await given.dblease("admin", "rotate", "orders-web", "--timeout", "60s")).toMatchObject({
    data: { status: "failed", failure: { step: "setSecret", code: "NOT_FOUND" } },
  });
  const { adminUsername: user, adminPassword: password, host, port, ca } = given.stack.postgres;
  const master = new Client({ host, port, user, password, database: "orders", ssl: { ca } });
  await master.connect();
  await master.query("CREATE ROLE orders_web LOGIN");
  await master.end();
  // Secrets Manager tries a failed run again by itself; that may be the one that succeeds.
  await given.untilTrue(async () => {
    const { data } = await given.dblease("admin", "rotate", "orders-web", "--timeout", "60s");
    return data?.status === "succeeded";
  });
  // Which of the two it is depends on whether that try came before ours.
  expect((await current("orders-web")).username).toMatch(/^orders_web(_clone)?$/);
  expect(await works(await current("orders-web"))).toBe(true);
  await given.untilTrue(async () => {
    const told = await given.publishedRotations();
    return told.includes("RotationFailed") && told.includes("RotationHealed");
  });
});

test("Secrets Manager rotates by the schedule, while an application logs in all the time", async () => {
  // AWS's shortest rate is four hours; the emulator knows seconds as well.
  const SecretId = "dblease/orders-web/application";
  const RotationRules = { ScheduleExpression: "rate(2 seconds)" };
  await secrets().send(new RotateSecretCommand({ SecretId, RotationRules, RotateImmediately: false }));
  const versions = new Set<string>();
  let refused = 0;
  for (const end = Date.now() + 60_000; versions.size < 4 && Date.now() < end; await sleep(20)) {
    const login = await current("orders-web");
    versions.add(login.versionId);
    if (!(await works(login))) refused += 1;
  }
  await secrets().send(
    new RotateSecretCommand({
      SecretId,
      RotationRules: { ScheduleExpression: "rate(30 days)" },
      RotateImmediately: false,
    }),
  );
  expect(versions.size).toBe(4);
  expect(refused).toBe(0);
});

test("the day a password has leaked: all rotate, or those of a database or with a tag, and one that fails keeps none from it", async () => {
  const versions = async () => [(await current()).versionId, (await current("orders-web")).versionId];
  const before = await versions();
  expect(await given.dblease("admin", "rotate", "--database", "orders", "--timeout", "90s")).toMatchObject({
    data: {
      finished: true,
      rotations: [
        { id: "orders-app", status: "succeeded" },
        { id: "orders-web", status: "succeeded" },
      ],
    },
  });
  const [app, web] = await versions();
  expect([app, web]).not.toEqual(before);
  expect([await works(await current()), await works(await current("orders-web"))]).toEqual([true, true]);

  const Tags = [{ Key: "team", Value: "web" }];
  await secrets().send(new TagResourceCommand({ SecretId: "dblease/orders-web/application", Tags }));
  expect(await given.dblease("admin", "rotate", "--tag", "team=web")).toMatchObject({
    data: { rotations: [{ id: "orders-web", status: "succeeded" }] },
  });
  expect((await versions())[0]).toBe(app);
  expect(await given.dblease("admin", "rotate", "--tag", "team=nobody")).toMatchObject({
    error: { code: "NOT_FOUND", next: "dblease rotations" },
  });

  const broken = { SecretId: "dblease/orders-web/application", SecretString: "no JSON" };
  const kept = await current("orders-web");
  await secrets().send(new PutSecretValueCommand(broken));
  expect(await given.dblease("admin", "rotate", "--all", "--timeout", "90s")).toMatchObject({
    data: {
      rotations: [
        { id: "orders-app", status: "succeeded" },
        { id: "orders-self", status: "succeeded" },
        { id: "orders-web", status: "failed", failure: expect.stringContaining("JSON") },
      ],
    },
  });
  await secrets().send(new PutSecretValueCommand({ ...broken, SecretString: kept.text }));
  expect(await given.dblease("admin", "rotate", "orders-web", "--timeout", "60s")).toMatchObject({
    data: { status: "succeeded" },
  });
  expect(await given.dblease("admin", "rotate", "orders-web", "--all")).toMatchObject({
    error: { code: "USAGE" },
  });
  expect(await given.dblease("admin", "rotate", "--all", "--database", "orders")).toMatchObject({
    error: { code: "USAGE" },
  });
  const root = await given.user("admin");
  expect((await root.call("GET", "/fleet-rotations/x%3Ay")).body).toMatchObject({ code: "NOT_FOUND" });
  expect(await given.dblease("auditor", "rotate", "--all")).toMatchObject({
    error: { code: "NOT_ALLOWED" },
  });
});

test("the version before opens nothing any more when its time of grace is over", async () => {
  const before = await current("orders-web");
  await given.dblease("admin", "rotate", "orders-web", "--timeout", "60s");
  expect(await works(before)).toBe(true);
  await sleep(1100);
  // What its rule does every five minutes.
  await given.invoke("RotationGrace");
  await given.untilTrue(async () => !(await works(before)));
  expect(await works(await current("orders-web"))).toBe(true);
});

test("administrators and auditors see how rotations stand, others do not", async () => {
  const { data } = await given.dblease("auditor", "rotations");
  expect(data).toMatchObject([
    { id: "orders-app", status: "succeeded", overdue: false, strategy: "single-user" },
    { id: "orders-self", status: "succeeded", overdue: false, gapPossible: true },
    { id: "orders-web", status: "succeeded", overdue: false, gapPossible: false },
  ]);
  expect(Date.parse(data[0].nextAt)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  const rita = await given.user("requester");
  expect((await rita.call("GET", "/rotations")).status).toBe(403);
  const olga = await given.user("auditor");
  expect((await olga.call("POST", "/rotations/orders-app/rotate")).status).toBe(403);
});

test("applying the configuration again changes nothing of a rotation, and no password", async () => {
  const [before, login] = [await findRotations(given.table), await current()];
  await given.stack.apply();
  expect(await findRotations(given.table)).toEqual(before);
  expect(await current()).toEqual(login);
});
