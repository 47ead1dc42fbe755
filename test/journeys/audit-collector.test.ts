/** From a call that AWS records to the audit: the deployed rules, queue and functions, and the emulator's own CloudTrail. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutRuleCommand,
  PutTargetsCommand,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { paginateScan, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { beforeAll, expect, test } from "vitest";
import { IamEvents } from "../../infra/constructs/iam-events.ts";
import type { AuditEvent, Line } from "../../src/audit/audit-event.ts";
import { auditEventsOf } from "../../src/store/audit-events.ts";
import { dayOf } from "../../src/store/table.ts";
import { recorded } from "../audit/recorded.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();
const mallory = "arn:aws:iam::000000000000:user/mallory";
const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "rds-db:connect", Resource: "*" }],
});

async function eventsOn(line: Line): Promise<AuditEvent[]> {
  const now = Date.now();
  const days = [now - 86_400_000, now + 60_000].map((it) => new Date(it).toISOString()) as [string, string];
  const found: AuditEvent[] = [];
  for await (const it of auditEventsOf(given.table, line, ...days)) found.push(it);
  return found;
}

/** The event of this name on this line, once it is there. */
async function eventOn(line: Line, name: string, of: (it: AuditEvent) => boolean = () => true) {
  let found: AuditEvent | undefined;
  await given.untilTrue(async () => {
    found = (await eventsOn(line)).find((it) => it.name === name && of(it));
    return found !== undefined;
  });
  return found as AuditEvent;
}

let outputs: Record<string, string> = {};

beforeAll(async () => {
  await new IAMClient(given.root).send(new CreateUserCommand({ UserName: "mallory", Path: "/team/" }));
  const { Stacks } = await new CloudFormationClient(given.root).send(
    new DescribeStacksCommand({ StackName: "Dblease" }),
  );
  outputs = Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((it) => [it.OutputKey, `${it.OutputValue}`]));
});

test("a policy that somebody attaches by hand is in the audit, and what was refused as an attempt", async () => {
  const attach = new PutUserPolicyCommand({
    UserName: "mallory",
    PolicyName: "in",
    PolicyDocument: document,
  });
  await new IAMClient(given.root).send(attach);
  const event = await eventOn({ kind: "person", key: mallory }, "PutUserPolicy");
  expect(event).toMatchObject({
    origin: "cloudtrail",
    actor: { name: "root" },
    address: "127.0.0.1",
    subject: mallory,
    facts: { policy: "in", source: "iam.amazonaws.com" },
  });
  expect(event.attempt).toBeUndefined();
  expect(JSON.stringify(event)).not.toContain("rds-db:connect");

  const ritas = new IAMClient(await given.accessOf("requester"));
  await expect(ritas.send(attach)).rejects.toMatchObject({ name: "AccessDenied" });
  const requester = { kind: "person", key: "arn:aws:iam::000000000000:user/requester" } as const;
  expect(await eventOn(requester, "PutUserPolicy")).toMatchObject({
    actor: { name: "requester" },
    attempt: { code: "AccessDenied" },
  });
});

test("a managed secret that is read, and a password that really changes, are on the secret's line", async () => {
  const secrets = new SecretsManagerClient(given.root);
  const SecretId = "dblease/orders/admin";
  // Nobody has asked for readings of this one.
  await secrets.send(new CreateSecretCommand({ Name: "elsewhere", SecretString: "x" }));
  await secrets.send(new GetSecretValueCommand({ SecretId: "elsewhere" }));
  const { SecretString, ARN } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: `${SecretString}` }));
  const line = { kind: "secret", key: SecretId } as const;
  expect(await eventOn(line, "GetSecretValue", (it) => it.actor.name === "root")).toMatchObject({
    origin: "cloudtrail",
  });
  expect(await eventOn(line, "PutSecretValue")).toMatchObject({ secret: ARN });
  expect(await eventOn(line, "SecretLabelUpdated")).toMatchObject({
    origin: "secrets-manager",
    secret: ARN,
    facts: { stage: "AWSCURRENT" },
  });
  const elsewhere = await eventsOn({ kind: "secret", key: "elsewhere" });
  expect(elsewhere.map((it) => it.name)).toContain("CreateSecret");
  expect(elsewhere.map((it) => it.name)).not.toContain("GetSecretValue");
});

test("dblease's own events come from the table, and the days of a grant point to it", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  const line = { kind: "database", key: "orders" } as const;
  await eventOn(line, "GrantRevoked", (it) => it.grantId === grant.id);
  const names = (await eventsOn(line)).filter((it) => it.grantId === grant.id).map((it) => it.name);
  expect(names).toEqual((await given.eventsOf(grant.id)).map((it) => it.name));
  expect(await eventOn({ kind: "person", key: "person/rita" }, "GrantRequested")).toMatchObject({
    actor: { name: "rita", id: "person/rita", arn: "arn:aws:iam::000000000000:user/requester" },
  });
  await given.untilTrue(async () => (await heldBy(grant.id))?.closed === true);
  const { closedAt } = await given.grant(grant.id);
  expect(await heldBy(grant.id)).toMatchObject({ requester: "rita", until: closedAt });
});

async function heldBy(id: string): Promise<Record<string, unknown> | undefined> {
  const { client, name: TableName } = given.table;
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `held#orders#${dayOf(new Date().toISOString())}` },
    }),
  );
  return Items.find((it) => it.grantId === id);
}

test("poison is put aside and those behind it go on; what could not be written waits and is moved back", async () => {
  const sqs = new SQSClient(given.root);
  const QueueUrl = given.resource("CollectorQueue");
  const put = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  for (const it of ["not JSON", "{}", '{"source":"aws.iam","detail-type":"AWS API Call via CloudTrail"}'])
    await put(it);
  await new IAMClient(given.root).send(
    new PutUserPolicyCommand({ UserName: "mallory", PolicyName: "after", PolicyDocument: document }),
  );
  await eventOn({ kind: "person", key: mallory }, "PutUserPolicy", (it) => it.facts.policy === "after");
  const quarantined = async () => (await everything()).filter((it) => it.includes('"pk":"quarantine#'));
  await given.untilTrue(async () => (await quarantined()).length === 3);

  // Ten times in seconds instead of an hour.
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "0" } }));
  const waiting = async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: given.resource("CollectorUncollected"),
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages);
  };
  const stored = await storedRecord();
  await given.without("CollectorFunction", "dynamodb:PutItem", async () => {
    await put(stored.text);
    await given.untilTrue(async () => (await waiting()) > 0);
  });
  // Taking the permission away is a call that is told as well, and may have arrived after the first move.
  await given.untilTrue(async () => {
    await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: `${outputs.UncollectedEventsQueueArn}`,
        DestinationArn: `${outputs.CollectorQueueArn}`,
      }),
    );
    return (await waiting()) === 0;
  });
  await eventOn({ kind: "person", key: mallory }, stored.name);
});

/** A record as AWS delivers it. */
async function storedRecord(): Promise<{ text: string; name: string }> {
  const detail = {
    eventVersion: "1.11",
    eventID: "00000000-0000-4000-8000-000000000001",
    eventTime: new Date().toISOString().replace(/\.\d+Z/, "Z"),
    eventSource: "iam.amazonaws.com",
    eventName: "DeleteUserPolicy",
    awsRegion: "us-east-1",
    recipientAccountId: "000000000000",
    requestParameters: { userName: "mallory", policyName: "in" },
  };
  const text = JSON.stringify({ source: "aws.iam", "detail-type": "AWS API Call via CloudTrail", detail });
  return { text, name: detail.eventName };
}

/** Every item of the table, as text. */
async function everything(): Promise<string[]> {
  const { client, name: TableName } = given.table;
  const found: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName })) {
    found.push(...Items.map((it) => JSON.stringify(it)));
  }
  return found;
}

test("no password, verifier, token or policy document is in the audit", async () => {
  const secret = await new SecretsManagerClient(given.root).send(
    new GetSecretValueCommand({ SecretId: "dblease/orders/admin" }),
  );
  const { password } = JSON.parse(`${secret.SecretString}`) as { password: string };
  const audit = (await everything()).filter((it) => /"pk":"(audit|line|held|quarantine)#/.test(it));
  expect(audit.length).toBeGreaterThan(20);
  for (const secretPart of [password, "SCRAM-SHA-256", "X-Amz-Signature", "Statement", "HIDDEN_DUE"]) {
    expect(audit.filter((it) => it.includes(secretPart))).toEqual([]);
  }
});

test("each record that others published meets the rule that is meant for it, and what only reads no wide one", async () => {
  const bridge = new EventBridgeClient(given.root);
  const { Rules = [] } = await bridge.send(new ListRulesCommand({ NamePrefix: "Dblease-DbleaseCollector" }));
  const rules = await Promise.all(Rules.map(({ Name }) => bridge.send(new DescribeRuleCommand({ Name }))));
  const takersOf = async (event: object) => {
    const takers: string[] = [];
    for (const { Name, EventPattern } of rules) {
      const asked = new TestEventPatternCommand({ EventPattern, Event: JSON.stringify(event) });
      if ((await bridge.send(asked)).Result)
        takers.push(`${Name}`.replace(/^.*Collector([A-Za-z]+\d?)[0-9A-F]{8}.*$/, "$1"));
    }
    return takers;
  };
  const met = new Set<string>();
  for (const it of recorded()) met.add(`${it.detail.eventName} of ${it.source}: ${await takersOf(it)}`);
  expect([...met].sort()).toMatchInlineSnapshot(`
    [
      "AssumeRole of aws.sts: ",
      "AttachRolePolicy of aws.iam: Changes",
      "AttachUserPolicy of aws.iam: Changes",
      "CreateAccessKey of aws.iam: Changes",
      "CreatePolicyVersion of aws.iam: Changes",
      "CreateRole of aws.iam: Changes",
      "CreateUser of aws.iam: Changes",
      "DbConnectAdmin of aws.dsql: Tripwire",
      "GENERATE-DB-AUTH-TOKEN of aws.rds: Changes,Tripwire",
      "GetSecretValue of aws.secretsmanager: Changes",
      "ModifyDBCluster of aws.rds: Changes",
      "ModifyDBInstance of aws.rds: Changes",
      "PutSecretValue of aws.secretsmanager: Changes",
      "PutUserPolicy of aws.iam: Changes",
      "RotationAbandoned of aws.secretsmanager: Changes",
      "RotationFailed of aws.secretsmanager: Changes",
      "RotationStarted of aws.secretsmanager: Changes",
      "RotationSucceeded of aws.secretsmanager: Changes",
      "UpdateAssumeRolePolicy of aws.iam: Changes",
    ]
  `);
  const own = { ...recorded("synthetic")[0], source: "aws.secretsmanager" };
  const reading = (secretId: string) =>
    takersOf({ ...own, detail: { eventName: "GetSecretValue", requestParameters: { secretId } } });
  expect(await reading("dblease/orders/admin")).toEqual(["Changes", "Secrets0"]);
  expect(await reading("somebody/elses")).toEqual(["Changes"]);
  // To which AWS, and the local stack like it, passes no calls that only read.
  const states = rules.map(({ Name, State }) => [/Changes/.test(`${Name}`), State]);
  expect(states).toContainEqual([true, "ENABLED"]);
  expect(states).toContainEqual([false, "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]);
});

test("where dblease stands in another region, IAM's events are handed on to it", async () => {
  const abroad = new Stack(new App(), "DbleaseIamEvents", { env: { region: "us-east-1" } });
  new IamEvents(abroad, "IamEvents", { homeRegion: "eu-west-1" });
  await new CloudFormationClient(given.root).send(
    new CreateStackCommand({
      StackName: "DbleaseIamEvents",
      TemplateBody: JSON.stringify(Template.fromStack(abroad).toJSON()),
      Capabilities: ["CAPABILITY_IAM"],
    }),
  );
  const home = { ...given.root, region: "eu-west-1" };
  const sqs = new SQSClient(home);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "home" }));
  const bridge = new EventBridgeClient(home);
  await bridge.send(
    new PutRuleCommand({ Name: "home", EventPattern: JSON.stringify({ source: ["aws.iam"] }) }),
  );
  await bridge.send(
    new PutTargetsCommand({
      Rule: "home",
      Targets: [{ Id: "queue", Arn: "arn:aws:sqs:eu-west-1:000000000000:home" }],
    }),
  );
  await given.untilTrue(async () => {
    await new IAMClient(given.root).send(
      new PutUserPolicyCommand({ UserName: "mallory", PolicyName: "far", PolicyDocument: document }),
    );
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    return Messages.some((it) => JSON.parse(`${it.Body}`).detail.requestParameters.policyName === "far");
  });
});

test("what nobody heard is read from CloudTrail's past, once, by an administrator", async () => {
  const bridge = new EventBridgeClient(given.root);
  const Name = given.resource("CollectorChanges");
  await bridge.send(new DisableRuleCommand({ Name }));
  await new IAMClient(given.root).send(
    new PutUserPolicyCommand({ UserName: "mallory", PolicyName: "unheard", PolicyDocument: document }),
  );
  await bridge.send(new EnableRuleCommand({ Name }));
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const to = new Date(Date.now() + 1_000).toISOString();
  const words = ["audit", "backfill", "--from", from, "--to", to];
  expect(await given.dblease("auditor", ...words)).toMatchObject({ error: { code: "NOT_ALLOWED" } });
  const { data } = await given.dblease("admin", ...words);
  expect(data).toMatchObject({ status: "done", progress: 1, by: "root" });
  expect(data.counts.recorded).toBeGreaterThan(0);
  expect(data.counts.known).toBeGreaterThan(3);
  await eventOn({ kind: "person", key: mallory }, "PutUserPolicy", (it) => it.facts.policy === "unheard");
  const lines = await eventsOn({ kind: "person", key: mallory });
  expect(new Set(lines.map((it) => it.id)).size).toBe(lines.length);
  // Again is the same one; and it shows how it stands.
  expect((await given.dblease("admin", ...words)).data.counts).toEqual(data.counts);
  expect((await given.dblease("auditor", "audit", "backfill")).data).toMatchObject({ id: data.id });
  const old = ["audit", "backfill", "--from", "2020-01-01", "--to", "2020-01-02"];
  expect(await given.dblease("admin", ...old)).toMatchObject({ error: { code: "BAD_REQUEST" } });
});
