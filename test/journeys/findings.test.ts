/** Access beside dblease: what a hand hangs onto IAM, found at once and by the scan, told once, left or mended. */
import { execFileSync } from "node:child_process";
import { isDeepStrictEqual } from "node:util";
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteGroupPolicyCommand,
  DeleteRoleCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { keys } from "../../src/store/table.ts";
import type { FindingView, InventoryUserView } from "../../src/views.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack(`${import.meta.dirname}/findings.yaml`);

function document(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const everyUser = { Effect: "Allow", Action: "rds-db:connect", Resource: "arn:aws:rds-db:*:*:dbuser:*" };
const allButIam = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };

async function listed(all = false): Promise<FindingView[]> {
  const olga = await given.user("auditor");
  return (await olga.call("GET", all ? "/findings?acknowledged=true" : "/findings")).body.findings;
}

function textsOf(findings: readonly FindingView[]): string[] {
  return findings.map((it) => `${it.severity} ${it.kind} ${it.what}`).sort();
}

async function texts(): Promise<string[]> {
  return textsOf(await listed());
}

/** By the command, which waits for the end of the scan. */
async function scan(): Promise<string[]> {
  return textsOf((await given.dblease("auditor", "audit", "scan")).data);
}

/** A scan without the wait of a command. */
async function scanned(): Promise<void> {
  await given.invoke("PolicyScan", { run: "now" });
}

/** Without a scan: CloudTrail's word is enough. */
async function soon(expected: string[]): Promise<void> {
  await given.untilTrue(async () => isDeepStrictEqual(await texts(), expected));
}

test("who may log in without a grant is found at once, however it came about, and a scan says the same", async () => {
  const iam = new IAMClient(given.root);
  expect(await scan()).toEqual([]);
  const put = { UserName: "requester", PolicyName: "by-hand" };
  await iam.send(new PutUserPolicyCommand({ ...put, PolicyDocument: document(everyUser) }));
  await iam.send(new CreateGroupCommand({ GroupName: "dba" }));
  await iam.send(new AddUserToGroupCommand({ GroupName: "dba", UserName: "approver" }));
  await iam.send(
    new PutGroupPolicyCommand({ GroupName: "dba", PolicyName: "all", PolicyDocument: document(allButIam) }),
  );
  const trust = document({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" });
  for (const RoleName of ["deploy", "bounded"]) {
    await iam.send(new CreateRoleCommand({ RoleName, Path: "/ops/", AssumeRolePolicyDocument: trust }));
  }
  const harmless = document({ Effect: "Allow", Action: "rds:GenerateDBAuthToken", Resource: "*" });
  const made = await iam.send(new CreatePolicyCommand({ PolicyName: "shared", PolicyDocument: harmless }));
  const PolicyArn = `${made.Policy?.Arn}`;
  for (const RoleName of ["deploy", "bounded"]) {
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }
  const bound = document({ Effect: "Allow", Action: "s3:*", Resource: "*" });
  const limit = await iam.send(new CreatePolicyCommand({ PolicyName: "bound", PolicyDocument: bound }));
  await iam.send(
    new PutRolePermissionsBoundaryCommand({
      RoleName: "bounded",
      PermissionsBoundary: `${limit.Policy?.Arn}`,
    }),
  );
  await soon([
    "high policy group/dba",
    "high policy user/requester",
    "low no_such_action role/bounded",
    "low no_such_action role/deploy",
  ]);
  await iam.send(
    new CreatePolicyVersionCommand({
      PolicyArn,
      PolicyDocument: document({
        ...everyUser,
        Condition: { StringEquals: { "aws:PrincipalTag/dba": "yes" } },
      }),
      SetAsDefault: true,
    }),
  );
  const all = ["high policy group/dba", "high policy user/requester", "medium policy role/deploy"];
  await soon(all);
  expect(await scan()).toEqual(all);
  const found = (await listed()).find((it) => it.what === "user/requester");
  expect(found).toMatchObject({
    id: "*/policy/user/requester",
    evidence: ["policy by-hand, statement number 1: rds-db:connect on arn:aws:rds-db:*:*:dbuser:*"],
    repair: "aws iam delete-user-policy --user-name requester --policy-name by-hand",
  });
  await iam.send(new DeleteUserPolicyCommand(put));
  await soon(["high policy group/dba", "medium policy role/deploy"]);
});

test("an acknowledged finding is out of the way until its day, or until it is another one", async () => {
  const iam = new IAMClient(given.root);
  const id = "*/policy/group/dba";
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const acknowledge = (as: string, ...words: string[]) =>
    given.dblease(as, "audit", "acknowledge", ...words, "--reason", "moves to dblease in March");
  expect(await acknowledge("auditor", id, "--until", until)).toMatchObject({
    error: { code: "NOT_ALLOWED" },
  });
  expect(await acknowledge("admin", "*/policy/group/x", "--until", until)).toMatchObject({
    error: { code: "NOT_FOUND" },
  });
  expect(await acknowledge("admin", id, "--until", "2020-01-01")).toMatchObject({
    error: { code: "BAD_REQUEST" },
  });
  expect(await acknowledge("admin", id, "--until", until)).toMatchObject({
    data: { acknowledged: { by: "root", reason: "moves to dblease in March", until } },
  });
  await scanned();
  expect(await texts()).toEqual(["medium policy role/deploy"]);
  const all = await listed(true);
  expect(all.map((it) => it.what)).toEqual(["group/dba", "role/deploy"]);

  const more = { GroupName: "dba", PolicyName: "more", PolicyDocument: document(everyUser) };
  await iam.send(new PutGroupPolicyCommand(more));
  await soon(["high policy group/dba", "medium policy role/deploy"]);
  expect((await listed()).find((it) => it.id === id)).toMatchObject({
    version: 3,
    evidence: [expect.stringMatching("everything but iam"), expect.stringMatching("policy more")],
  });

  // Its last moment comes.
  await acknowledge("admin", id, "--until", until);
  expect(await texts()).toEqual(["medium policy role/deploy"]);
  await given.table.client.send(
    new UpdateCommand({
      TableName: given.table.name,
      Key: keys.finding(id),
      UpdateExpression: "SET acknowledged.#until = :past",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":past": "2020-01-01T00:00:00.000Z" },
    }),
  );
  expect(await texts()).toEqual(["high policy group/dba", "medium policy role/deploy"]);
  await scanned();
  expect((await given.eventsOf(`finding#${id}`)).map((it) => it.name)).toEqual([
    "FindingOpened",
    "FindingAcknowledged",
    "FindingOpened",
    "FindingAcknowledged",
    "FindingOpened",
  ]);
});

test("what was mended is closed, whoever was deleted too", async () => {
  const iam = new IAMClient(given.root);
  for (const PolicyName of ["all", "more"]) {
    await iam.send(new DeleteGroupPolicyCommand({ GroupName: "dba", PolicyName }));
  }
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "deploy" }));
  const PolicyArn = `${attached.AttachedPolicies?.[0]?.PolicyArn}`;
  await iam.send(new DetachRolePolicyCommand({ RoleName: "deploy", PolicyArn }));
  await iam.send(new DeleteRoleCommand({ RoleName: "deploy" }));
  await soon([]);
  await given.untilTrue(async () => (await given.publishedFindings("FindingClosed")).length >= 3);
});

test("a database user that a hand made is found within seconds, and closed when it is gone", async () => {
  const rita = await given.user("requester");
  expect((await given.dblease("admin", "reconcile", "--timeout", "60s")).data).toEqual([]);
  const grant = await given.active(rita);
  await given.asOwner('CREATE ROLE "O\'Brien" LOGIN CREATEROLE');
  await soon(["high unexplained_user O'Brien"]);
  expect(await listed()).toMatchObject([
    {
      id: "orders/unexplained_user/O'Brien",
      evidence: [
        "made after dblease first looked",
        "may more than use its data: CREATEROLE",
        "no rotation changes its password, and the server does not tell how old it is",
      ],
      repair: 'ALTER ROLE "O\'Brien" NOLOGIN',
    },
  ]);
  await given.asOwner("CREATE ROLE reporting_tool LOGIN");
  await soon(["high unexplained_user O'Brien", "medium unexplained_user reporting_tool"]);
  await given.asOwner('DROP ROLE reporting_tool; ALTER ROLE "O\'Brien" NOLOGIN');
  await soon([]);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});

test("the inventory tells of every user why it is there", async () => {
  await given.asOwner("CREATE ROLE reporting_tool LOGIN");
  await given.dblease("admin", "reconcile", "--timeout", "60s");
  const { data } = await given.dblease("auditor", "inventory");
  expect(data).toMatchObject([
    { id: "orders", engine: "postgres", model: "native", server: "orders", findings: 1 },
  ]);
  const users = data[0].users.map((it: InventoryUserView) =>
    `${it.username} ${it.reason} ${it.because ?? ""}`.trim(),
  );
  expect(users).toEqual([
    "master admin",
    "orders_app explained the shop itself",
    "rdsadmin server",
    "reporting_tool unexplained",
  ]);
  const env = given.environment("auditor");
  const csv = execFileSync("node", ["dist/dblease.mjs", "inventory", "--csv"], { env }).toString();
  expect(csv).toMatch(/^database,engine,version,server,model,owner,exposure,lookedAt,user,why,/);
  expect(csv.trim().split("\n")).toHaveLength(5);
  expect(await given.dblease("requester", "inventory")).toMatchObject({ error: { code: "NOT_ALLOWED" } });
});
