/** What must hold when a part is down, late, repeated or stopped; every part is the real one. */
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { DeleteCommand, DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { keys } from "../../src/store/table.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

async function startRevoke(id: string, number: number): Promise<void> {
  await given.workflows.send(
    new StartExecutionCommand({
      stateMachineArn: given.resource("RevokeMachine"),
      name: `${id}-${number}`,
      input: JSON.stringify({ grantId: id }),
    }),
  );
}

test("approving twice, and deciding after the end of the waiting time", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const first = await given.request(rita, { role: "read-write", seconds: 60 });
  const late = await given.request(rita, { role: "read-write", seconds: 60 });
  expect((await root.call("POST", `/grants/${first.id}/approve`)).status).toBe(202);
  expect(await root.call("POST", `/grants/${first.id}/approve`)).toMatchObject({
    status: 409,
    body: { code: "WRONG_STATUS" },
  });
  await given.until(late.id, "lapsed");
  expect(await root.call("POST", `/grants/${late.id}/approve`)).toMatchObject({
    status: 409,
    body: { code: "WRONG_STATUS" },
  });
  expect(await given.userExists(late.username)).toBe(false);
  await given.until(first.id, "active");
  await rita.call("POST", `/grants/${first.id}/revoke`);
  await given.until(first.id, "revoked");
});

test("revoking twice, and two revokers at once: one receipt", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  const session = await given.connect(grant);
  const [one, two] = await Promise.all([
    rita.call("POST", `/grants/${grant.id}/revoke`),
    rita.call("POST", `/grants/${grant.id}/revoke`),
  ]);
  // The loser of the race is told to read again, or sees that it is under way.
  expect([one.status, two.status].sort()).toEqual(expect.arrayContaining([202]));
  await Promise.all([startRevoke(grant.id, 7), startRevoke(grant.id, 8)]);
  const closed = await given.until(grant.id, "revoked");
  await sleep(3000);
  const events = await given.eventsOf(grant.id);
  expect(events.filter((it) => it.name === "GrantRevoked")).toHaveLength(1);
  expect((await given.grant(grant.id)).version).toBe(closed.version);
  expect((await rita.call("POST", `/grants/${grant.id}/revoke`)).body.status).toBe("revoked");
  await expect(session.query("SELECT 1")).rejects.toThrow();
});

test("a revoke that nobody asked for and that is not due changes nothing", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  await startRevoke(grant.id, 99);
  await sleep(3000);
  expect((await given.grant(grant.id)).status).toBe("active");
  const session = await given.connect(grant);
  await session.end();
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});

test("revoking while the user is being made: no user is left, whoever is faster", async () => {
  const rita = await given.user("requester");
  // Whoever makes a role must wait for this lock: the grant hangs in the middle of its statement.
  const locker = await given.owner();
  await locker.query("BEGIN; LOCK TABLE pg_catalog.pg_authid IN ACCESS EXCLUSIVE MODE");
  const grant = await given.request(rita, { seconds: 120 });
  await given.until(grant.id, "granting");
  const answer = await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect(answer.body.status).toBe("revoking");
  await sleep(2000);
  await locker.query("ROLLBACK");
  await locker.end();
  const closed = await given.until(grant.id, "revoked", "grant_failed");
  expect(closed.receipt).toMatchObject({ users: 0, sessions: 0, residue: [] });
  expect(await given.userExists(grant.username)).toBe(false);
});

test("an execution stopped by hand is noticed: the sweeper ends the access", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 3 });
  const session = await given.connect(grant);
  await given.workflows.send(new StopExecutionCommand({ executionArn: given.executionOf(grant.id) }));
  await sleep(4000);
  expect((await given.grant(grant.id)).status).toBe("active");
  await given.sweepNow(grant.id);
  const closed = await given.until(grant.id, "revoked");
  expect(closed.receipt).toMatchObject({ users: 0, residue: [] });
  await expect(session.query("SELECT 1")).rejects.toThrow();
});

test("an early revoke works although the grant's own workflow is gone", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  await given.workflows.send(new StopExecutionCommand({ executionArn: given.executionOf(grant.id) }));
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("a request whose workflow was never started is started by the sweeper (dangers 23)", async () => {
  const rita = await given.user("requester");
  let id = "";
  await given.without("ApiFunction", "states:StartExecution", async () => {
    await expect(given.request(rita, { seconds: 60 })).rejects.toThrow("503");
    const mine = await rita.call("GET", "/grants");
    id = mine.body.grants.find((it: { status: string }) => it.status === "approved").id;
  });
  await given.sweepNow(id);
  expect((await given.until(id, "active")).status).toBe("active");
  await rita.call("POST", `/grants/${id}/revoke`);
  await given.until(id, "revoked");
});

test("a revoke whose wake-up and start were both lost is done by the sweeper (dangers 23)", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  await given.without("ApiFunction", "states:*", async () => {
    expect((await rita.call("POST", `/grants/${grant.id}/revoke`)).status).toBe(503);
  });
  expect((await given.grant(grant.id)).status).toBe("revoking");
  await given.sweepNow(grant.id);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("the database down at the end and back later: revoke_failed, then revoked and proved", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 3 });
  await given.stack.postgres.stop();
  try {
    const failed = await given.until(grant.id, "revoke_failed");
    expect(failed.failure).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(failed.receipt).toBeUndefined();
  } finally {
    await given.stack.postgres.start();
  }
  expect(await given.userExists(grant.username)).toBe(true);
  await given.sweepNow(grant.id);
  const closed = await given.until(grant.id, "revoked");
  expect(closed.receipt).toMatchObject({ users: 0, residue: [] });
  expect(closed.failure).toBeUndefined();
  expect(await given.userExists(grant.username)).toBe(false);
});

test("an end that has passed before Active begins is an end", async () => {
  const rita = await given.user("requester");
  const grant = await given.request(rita, { seconds: 1 });
  const closed = await given.until(grant.id, "revoked");
  expect(closed.receipt).toMatchObject({ users: 0, residue: [] });
});

test("a user that comes back after its clean-up is found by the second look (dangers 5)", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60 });
  const [comment] = await given.asOwner<{ text: string }>(
    "SELECT shobj_description(oid, 'pg_authid') AS text FROM pg_roles WHERE rolname = $1",
    [grant.username],
  );
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const closed = await given.until(grant.id, "revoked");
  expect(closed.dueAt).toBeDefined();
  // As a grant function would that was held up for minutes: our name, our marker.
  await given.asOwner(
    `SET ROLE jit_owner; CREATE ROLE ${grant.username} LOGIN; COMMENT ON ROLE ${grant.username} IS '${comment?.text}'`,
  );
  await given.sweepNow(grant.id);
  await given.untilTrue(async () => !(await given.userExists(grant.username)));
  const again = await given.until(grant.id, "revoked");
  expect((await given.eventsOf(grant.id)).filter((it) => it.name === "GrantRevoked")).toHaveLength(2);
  await given.sweepNow(again.id);
  await given.untilTrue(async () => (await given.grant(grant.id)).recheckedAt !== undefined);
  expect((await given.grant(grant.id)).dueAt).toBeUndefined();
});

test("a user with our name but another marker is never touched, and the grant says so (dangers 13)", async () => {
  const rita = await given.user("requester");
  const grant = await given.request(rita, { role: "read-write", seconds: 60 });
  await given.asOwner(
    `CREATE ROLE ${grant.username} LOGIN; COMMENT ON ROLE ${grant.username} IS 'somebody else''s'`,
  );
  const root = await given.user("admin");
  await root.call("POST", `/grants/${grant.id}/approve`);
  const failed = await given.until(grant.id, "revoke_failed", "quarantined", "grant_failed");
  expect(failed.activatedAt).toBeUndefined();
  const [role] = await given.asOwner<{ rolcanlogin: boolean }>(
    "SELECT rolcanlogin FROM pg_roles WHERE rolname = $1",
    [grant.username],
  );
  expect(role?.rolcanlogin).toBe(true);
  await given.asOwner(`DROP ROLE ${grant.username}`);
  await given.sweepNow(grant.id);
  expect((await given.until(grant.id, "grant_failed")).receipt?.residue).toEqual([]);
});

test("a function left behind: quarantined, listed with its statement, finished after a person cleaned up", async () => {
  const rita = await given.user("requester");
  await given.asOwner("GRANT CREATE ON SCHEMA public TO PUBLIC");
  const grant = await given.active(rita, { seconds: 120 });
  const session = await given.connect(grant);
  await session.query(
    "CREATE FUNCTION public.leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.orders'",
  );
  await given.asOwner("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const quarantined = await given.until(grant.id, "quarantined");
  expect(quarantined.receipt?.sessions).toBe(0);
  expect(quarantined.receipt?.residue).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: "executable", statement: expect.stringContaining("DROP FUNCTION") }),
    ]),
  );
  // Nobody reads through it any more.
  await expect(given.asOwner("SELECT public.leak()")).rejects.toMatchObject({ code: "42501" });
  await given.asOwner("DROP FUNCTION public.leak()");
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("a malformed verifier never reaches the database", async () => {
  const rita = await given.user("requester");
  for (const verifier of [
    "SCRAM-SHA-256$2147483647:c2FsdHNhbHRzYWx0c2FsdA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "SCRAM-SHA-256$4096:c2FsdA==$AAAA:AAAA",
    "md5d41d8cd98f00b204e9800998ecf8427e",
    "plain",
    "'; DROP ROLE master; --",
  ]) {
    const body = { database: "orders", role: "read-only", durationSeconds: 60, reason: "x", verifier };
    const answer = await rita.call("POST", "/grants", body, { "idempotency-key": "malformed-verifier" });
    expect(answer, verifier).toMatchObject({
      status: 400,
      body: { code: "BAD_VERIFIER", next: expect.any(String) },
    });
  }
});

test("SQL in any field is words or a refusal", async () => {
  const rita = await given.user("requester");
  const sql = `'; DROP TABLE orders; --" $$ \\`;
  const before = (await given.asOwner<{ n: number }>("SELECT count(*)::int AS n FROM orders"))[0]?.n;
  const grant = await given.active(rita, { reason: sql, seconds: 60 });
  expect(grant.reason).toBe(sql.trim());
  const { verifier } = given.credential();
  for (const wrong of [
    { database: sql },
    { role: sql },
    { durationSeconds: sql },
    { reason: "two\nlines" },
    { ticket: "\u0000" },
  ]) {
    const body = {
      database: "orders",
      role: "read-only",
      durationSeconds: 60,
      reason: "x",
      verifier,
      ...wrong,
    };
    const answer = await rita.call("POST", "/grants", body, { "idempotency-key": "sql-in-a-field" });
    expect([400, 403], JSON.stringify(wrong)).toContain(answer.status);
    expect(answer.body.next).toEqual(expect.any(String));
  }
  await rita.call("POST", `/grants/${grant.id}/revoke`, { reason: sql });
  await given.until(grant.id, "revoked");
  expect((await given.asOwner<{ n: number }>("SELECT count(*)::int AS n FROM orders"))[0]?.n).toBe(before);
});

test("RDS down at the end: the access ends at once, the proof waits until RDS can name the members", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60 });
  const session = await given.connect(grant);
  await given.without("BeginRevoke", "rds:*", async () => {
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    const failed = await given.until(grant.id, "revoke_failed");
    expect(failed.failure?.message).toContain("RDS could not say");
    await expect(session.query("SELECT 1")).rejects.toThrow();
    expect(await given.userExists(grant.username)).toBe(false);
  });
  await given.sweepNow(grant.id);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("one person cannot hold the place of all others (dangers 25)", async () => {
  const rita = await given.user("requester");
  const held: string[] = [];
  for (let count = 0; count < 10; count++) {
    held.push((await given.request(rita, { role: "read-write" })).id);
  }
  await expect(given.request(rita, { role: "read-write" })).rejects.toThrow(/429.*10 at most/);
  for (const id of held) await rita.call("POST", `/grants/${id}/cancel`);
});

test("a function that may change grants may add events, but not change one (dangers 27)", async () => {
  const rita = await given.user("requester");
  const grant = await given.request(rita, { role: "read-write" });
  const { Role: role } = await new LambdaClient(given.root).send(
    new GetFunctionConfigurationCommand({ FunctionName: given.resource("ApiFunction") }),
  );
  // The thief has stolen what the function has: its role.
  const trust = { Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }] };
  await new IAMClient(given.root).send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: `${role}`.split("/").at(-1),
      PolicyDocument: JSON.stringify({ Version: "2012-10-17", ...trust }),
    }),
  );
  const { Credentials: it } = await new STSClient(given.root).send(
    new AssumeRoleCommand({ RoleArn: `${role}`, RoleSessionName: "thief" }),
  );
  const credentials = {
    accessKeyId: `${it?.AccessKeyId}`,
    secretAccessKey: `${it?.SecretAccessKey}`,
    sessionToken: `${it?.SessionToken}`,
  };
  const thief = DynamoDBDocumentClient.from(new DynamoDBClient({ ...given.root, credentials }));
  const event = { TableName: given.table.name, Key: keys.event(grant.id, 1) };
  const rewrite = {
    ...event,
    UpdateExpression: "SET actor = :a",
    ExpressionAttributeValues: { ":a": "somebody else" },
  };
  await expect(thief.send(new UpdateCommand(rewrite))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  await expect(thief.send(new DeleteCommand(event))).rejects.toMatchObject({ name: "AccessDeniedException" });
  expect((await given.eventsOf(grant.id))[0]?.actor).toBe("rita");
  await rita.call("POST", `/grants/${grant.id}/cancel`);
});
