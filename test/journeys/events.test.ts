/** Access that an event asks for: a draft that only the named person turns into access, or a grant for a service. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeAll, expect, test } from "vitest";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import type { Draft } from "../../src/draft.ts";
import { findDrafts } from "../../src/store/drafts.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack(join(import.meta.dirname, "events.yaml"));
const wish = { database: "orders", role: "read-only", reason: "INC-7", durationSeconds: 120 };

async function put(source: string, detail: object): Promise<void> {
  const entry = {
    EventBusName: "dblease-intake",
    Source: source,
    DetailType: "AccessRequested",
    Detail: JSON.stringify(detail),
  };
  await new EventBridgeClient(given.root).send(new PutEventsCommand({ Entries: [entry] }));
}

/** Hands the function one event again, as EventBridge does after a failed delivery. */
async function redeliver(id: string, source: string, detail: object): Promise<void> {
  const event = { id, source, "detail-type": "AccessRequested", detail };
  const answer = await new LambdaClient(given.root).send(
    new InvokeCommand({ FunctionName: given.resource("IntakeFunction"), Payload: JSON.stringify(event) }),
  );
  expect(answer.FunctionError).toBeUndefined();
}

const set = new Map<string, { code: string; message: string }>();

/** What was put aside with this word in it. */
async function putAside(word: string): Promise<{ code: string; message: string }> {
  const sqs = new SQSClient(given.root);
  const QueueUrl = given.resource("IntakeRefused");
  await given.untilTrue(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { Body } of Messages) set.set(`${Body}`, JSON.parse(`${Body}`).error);
    return [...set.keys()].some((it) => it.includes(word));
  });
  return [...set].find(([body]) => body.includes(word))?.[1] ?? { code: "", message: "" };
}

async function draftFor(reason: string): Promise<Draft> {
  let found: Draft | undefined;
  await given.untilTrue(async () => {
    found = (await findDrafts(given.table)).find((it) => it.reason === reason);
    return found !== undefined;
  });
  return found as Draft;
}

async function asRole(name: string): Promise<AwsAccess> {
  const { Credentials: it } = await new STSClient(given.root).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::000000000000:role/${name}`, RoleSessionName: "run" }),
  );
  return {
    ...given.root,
    credentials: {
      accessKeyId: `${it?.AccessKeyId}`,
      secretAccessKey: `${it?.SecretAccessKey}`,
      sessionToken: `${it?.SessionToken}`,
    } as AwsAccess["credentials"],
  };
}

beforeAll(async () => {
  const iam = new IAMClient(given.root);
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "sts:AssumeRole" },
    ],
  };
  const everySecret = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["secretsmanager:GetSecretValue", "kms:Decrypt"], Resource: "*" }],
  };
  for (const RoleName of ["nightly", "curious"]) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "read", PolicyDocument: JSON.stringify(everySecret) }),
    );
  }
});

test("a draft gives nothing until the named person claims it, with their own verifier, once", async () => {
  const rita = await given.user("requester");
  const ada = await given.user("approver");
  await put("acme.oncall", { ...wish, person: "rita" });
  const draft = await draftFor("INC-7");
  expect(await given.userExists(`jit_${draft.id}`)).toBe(false);
  expect((await rita.call("GET", "/drafts")).body.drafts).toMatchObject([
    { id: draft.id, source: "acme.oncall" },
  ]);

  const { password, verifier } = given.credential();
  const path = `/grants/${draft.id}/claim`;
  const key = () => ({ "idempotency-key": randomUUID() });
  // An approver has no requester's rights by IAM; an administrator has, and still is not the person.
  expect((await ada.call("POST", path, { verifier }, key())).status).toBe(403);
  const root = await given.user("admin");
  expect(await root.call("POST", path, { verifier }, key())).toMatchObject({ status: 404 });
  expect((await root.call("GET", "/drafts")).body.drafts).toEqual([]);

  const once = key();
  expect(await rita.call("POST", path, { verifier }, once)).toMatchObject({
    status: 201,
    body: { id: draft.id, requester: "rita", reason: "INC-7", rule: "engineers-read" },
  });
  expect((await rita.call("POST", path, { verifier }, once)).body.id).toBe(draft.id);
  expect((await rita.call("POST", path, { verifier: given.credential().verifier }, key())).status).toBe(409);
  const active = await given.until(draft.id, "active");
  await (await given.connect({ username: active.username, password })).end();
  expect((await rita.call("GET", "/drafts")).body.drafts).toEqual([]);
  await rita.call("POST", `/grants/${draft.id}/revoke`);
  expect((await given.until(draft.id, "revoked")).receipt?.residue).toEqual([]);
  expect((await given.eventsOf(draft.id)).map((it) => `${it.version} ${it.name}`).slice(0, 2)).toEqual([
    "0 AccessDrafted",
    "1 GrantRequested",
  ]);
});

test("a draft that the rules refuse stays a draft, and the claim says why", async () => {
  const rita = await given.user("requester");
  await put("acme.oncall", { ...wish, person: "rita", durationSeconds: 86_400, reason: "too long" });
  const { id } = await draftFor("too long");
  const { verifier } = given.credential();
  const answer = await rita.call(
    "POST",
    `/grants/${id}/claim`,
    { verifier },
    { "idempotency-key": randomUUID() },
  );
  expect(answer).toMatchObject({ status: 403, body: { code: "REFUSED" } });
  expect(answer.body.detail).toContain("at most 1h");
});

test("a service's grant puts its password into a secret that the service alone reads, and takes it away", async () => {
  const detail = { ...wish, service: "nightly", reason: "nightly report" };
  const id = randomUUID();
  await redeliver(id, "acme.jobs", detail);
  await redeliver(id, "acme.jobs", detail);
  const root = await given.user("admin");
  const ofService = (
    (await root.call("GET", "/grants")).body.grants as { id: string; requester: string }[]
  ).filter((it) => it.requester === "service/nightly");
  expect(ofService).toHaveLength(1);
  const grant = await given.until(`${ofService[0]?.id}`, "active");

  const wanted = new GetSecretValueCommand({ SecretId: `dblease/grant/${grant.id}` });
  const read = async (access: AwsAccess) => new SecretsManagerClient(access).send(wanted);
  await expect(read(await asRole("curious"))).rejects.toMatchObject({ name: "AccessDeniedException" });
  const login = JSON.parse(`${(await read(await asRole("nightly"))).SecretString}`);
  expect(login).toMatchObject({ engine: "postgres", dbname: "orders", username: grant.username });
  const session = await given.connect(login);
  expect((await session.query("SELECT count(*)::int AS n FROM orders")).rows[0].n).toBeGreaterThan(0);
  // The password stands in the secret and nowhere else.
  expect(JSON.stringify([await given.eventsOf(grant.id), await given.grant(grant.id)])).not.toContain(
    login.password,
  );

  await root.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt).toMatchObject({ sessionsEnded: 1, residue: [] });
  await expect(read(await asRole("nightly"))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("what cannot be done waits in the queue with the reason", async () => {
  await put("acme.oncall", { ...wish, person: "rita", service: "nightly", reason: "both of them" });
  expect(await putAside("both of them")).toMatchObject({
    code: "BAD_REQUEST",
    message: "detail: name either a person or a service",
  });
  await put("acme.oncall", { ...wish, service: "nightly", reason: "not by this source" });
  expect((await putAside("not by this source")).message).toBe("acme.oncall may not ask for service nightly");
  await put("acme.jobs", { ...wish, service: "nightly", reason: "much too long", durationSeconds: 86_400 });
  expect(await putAside("much too long")).toMatchObject({ code: "REFUSED" });
  await put("acme.oncall", { ...wish, person: "*", reason: "for everybody" });
  expect((await putAside("for everybody")).message).toContain("write the name of one person");
  await redeliver(randomUUID(), "acme.elsewhere", { ...wish, person: "rita", reason: "from elsewhere" });
  expect((await putAside("from elsewhere")).message).toBe("no events are taken from acme.elsewhere");
  expect((await findDrafts(given.table)).map((it) => it.reason)).not.toContain("for everybody");
});
