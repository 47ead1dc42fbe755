/** What somebody who looks after an installation meets: an alarm, an upgrade under way, the end of it all. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";
import { subscribeTo } from "./topic-subscriber.ts";

const given = new GivenStack();

test("what is run against a real account holds here: npm run verify:aws", async () => {
  const { awsConfigFile, awsCredentialsFile, caFile } = given.stack.info;
  const people = [
    "--requester",
    "requester",
    "--approver",
    "approver",
    "--admin",
    "admin",
    "--deployer",
    "deployer",
  ];
  const what = ["--database", "orders", "--role", "read-write", "--seconds", "10", "--ca", caFile, "--json"];
  const { stdout } = await promisify(execFile)("node", ["verify/verify-aws.ts", ...people, ...what], {
    env: {
      PATH: process.env.PATH,
      AWS_CONFIG_FILE: awsConfigFile,
      AWS_SHARED_CREDENTIALS_FILE: awsCredentialsFile,
    },
  }).catch((error: { stdout: string; stderr: string }) => error);
  const outcomes = `${stdout}`
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(outcomes.filter((it) => !it.holds)).toEqual([]);
  expect(outcomes).toHaveLength(6);
});

test("a revoke that fails is an alarm on the operators' topic that says what it means", async () => {
  const arrived = await subscribeTo(given.root, given.resource("OperatorsTopic"));
  // The topic also carries what people are told of the grant itself, as text.
  const alarms = async () => (await arrived()).filter((it) => /"AlarmName": ?"[^"]*RevokeFailed/.test(it));
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  await given.without("PostgresRevoke", "secretsmanager:GetSecretValue", async () => {
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    await given.until(grant.id, "revoke_failed");
    await given.invoke("Sweep");
    await given.untilTrue(async () => (await alarms()).some((it) => it.includes('"NewStateValue": "ALARM"')));
  });
  await given.sweepNow(grant.id);
  await given.until(grant.id, "revoked");
  expect((await alarms()).join()).toContain(
    "it is tried again, and until it is proved the grant is not over",
  );
});

test("a grant that runs through an upgrade ends by the code that is live, not by what is half in place", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  // What an upgrade does first: the newest code and settings, to which the alias has not moved yet.
  await new LambdaClient(given.root).send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: given.resource("PostgresRevoke"),
      Environment: { Variables: { TABLE: "half-in-place" } },
    }),
  );
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("destroying the stack is refused while a grant is alive, names it, and leaves what ends it in place (dangers 15)", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita);
  await expect(given.stack.destroy()).rejects.toThrow(
    new RegExp(`nobody would end these grants any more: .*${grant.id} \\(orders, active\\)`),
  );
  const session = await given.connect(grant);
  await session.end();
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  expect(await given.userExists(grant.username)).toBe(false);
});

test("only what may go has a time to live: nothing of a grant, and no event", async () => {
  const { Items = [] } = await given.table.client.send(new ScanCommand({ TableName: given.table.name }));
  const kinds = new Set(Items.filter((it) => it.ttl !== undefined).map((it) => it.pk.split("#")[0]));
  expect([...kinds]).toEqual(["idempotency"]);
  expect(Items.filter((it) => /^(grant|event)#/.test(it.pk)).length).toBeGreaterThan(10);
});

test("once nothing is open any more the stack goes, and the table with the audit stays", async () => {
  const table = given.resource("GrantsTable");
  for (const { id } of await given.openGrants()) {
    await given.sweepNow(id);
    await given.untilTrue(async () => (await given.grant(id)).recheckedAt !== undefined);
  }
  await given.stack.destroy();
  const { Table } = await given.table.client.send(new DescribeTableCommand({ TableName: table }));
  expect(Table).toMatchObject({ TableStatus: "ACTIVE" });
});
