/** Rules in full, through the API and the CLI: IAM groups and tags, several approvals, broken glass, planned starts. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  IAMClient,
  RemoveUserFromGroupCommand,
  TagUserCommand,
  UntagUserCommand,
} from "@aws-sdk/client-iam";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { keys } from "../../src/store/table.ts";
import { GivenStack, type Person } from "./given-stack.ts";
import { subscribeTo } from "./topic-subscriber.ts";

const given = new GivenStack(join(import.meta.dirname, "rules.yaml"));

async function inGroup(group: string, user: string, action: () => Promise<void>): Promise<void> {
  const iam = new IAMClient(given.root);
  await iam.send(new CreateGroupCommand({ GroupName: group })).catch(() => {});
  await iam.send(new AddUserToGroupCommand({ GroupName: group, UserName: user }));
  try {
    await action();
  } finally {
    await iam.send(new RemoveUserFromGroupCommand({ GroupName: group, UserName: user }));
  }
}

async function tagged(user: string, action: () => Promise<void>): Promise<void> {
  const iam = new IAMClient(given.root);
  await iam.send(new TagUserCommand({ UserName: user, Tags: [{ Key: "team", Value: "payments" }] }));
  try {
    await action();
  } finally {
    await iam.send(new UntagUserCommand({ UserName: user, TagKeys: ["team"] }));
  }
}

/** Everybody may call every route; what they may do there the API alone decides. */
async function mayCall(name: string): Promise<Person> {
  const policy = { UserName: name, PolicyArn: given.resource("EndpointAdminPolicy") };
  await new IAMClient(given.root).send(new AttachUserPolicyCommand(policy));
  return given.user(name);
}

test("a principal tag opens a database by its tag, and no longer when it is taken away", async () => {
  const rita = await given.user("requester");
  await expect(given.request(rita)).rejects.toThrow("no rule lets rita");
  await tagged("requester", async () => {
    const grant = await given.active(rita, { seconds: 60 });
    expect(grant).toMatchObject({ rule: "payments-team", requester: { name: "rita" } });
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    await given.until(grant.id, "revoked");
    const explained = await given.dblease(
      "admin",
      "policy",
      "explain",
      "orders",
      "read-only",
      "--as",
      "iam-user/requester",
    );
    expect(explained).toMatchObject({ data: { outcome: "allowed", rule: "payments-team" } });
    await inGroup("leavers", "requester", async () => {
      await expect(given.request(rita)).rejects.toThrow("rule no-leavers denies it");
    });
  });
  await expect(given.request(rita)).rejects.toThrow("no rule lets rita");
});

test("where IAM cannot be asked, nothing is allowed by group or tag, and what denies by group denies", async () => {
  const rita = await given.user("requester");
  await tagged("requester", () =>
    given.without("ApiFunction", "iam:GetUser", async () => {
      await expect(given.request(rita)).rejects.toThrow("rule no-leavers denies it");
    }),
  );
});

test("approvers are told what they have to decide, with the command, and programs too", async () => {
  const arrived = await subscribeTo(given.root, given.resource("EventsApprovers"));
  const rita = await given.user("requester");
  const grant = await given.request(rita, {
    role: "read-write",
    seconds: 60,
    reason: "see https://evil.example",
  });
  await given.untilTrue(async () => (await arrived()).some((it) => it.includes(grant.id)));
  const told = (await arrived()).find((it) => it.includes(grant.id)) ?? "";
  for (const word of ["rita asks for read-write on orders", "two-yes", "1m", `dblease approve ${grant.id}`]) {
    expect(told).toContain(word);
  }
  expect(told).not.toContain("https://");
  const [published] = await given.publishedEvents(grant.id, 1);
  expect(published?.detail).toMatchObject({
    message: { next: [`dblease approve ${grant.id}`, expect.anything()] },
  });
  await rita.call("POST", `/grants/${grant.id}/cancel`);
});

test("two steps want two people, each where they may say yes", async () => {
  const rita = await given.user("requester");
  const ada = await mayCall("approver");
  const olga = await mayCall("auditor");
  const grant = await given.request(rita, { role: "read-write", seconds: 60 });
  const approve = (person: Person) => person.call("POST", `/grants/${grant.id}/approve`);

  // Ada is in both steps, and is one person all the same.
  expect(await approve(ada)).toMatchObject({ status: 202, body: { status: "requested" } });
  expect(await approve(ada)).toMatchObject({ status: 403, body: { code: "NOT_ALLOWED" } });
  expect(await approve(olga)).toMatchObject({ status: 403, body: { code: "NOT_ALLOWED" } });
  expect((await given.grant(grant.id)).status).toBe("requested");
  await inGroup("dbas", "auditor", async () => {
    expect(await approve(olga)).toMatchObject({ status: 202, body: { status: "approved" } });
    await given.until(grant.id, "active");
  });
  const names = (await given.eventsOf(grant.id)).map((it) => it.name);
  expect(names.slice(0, 3)).toEqual(["GrantRequested", "ApprovalGiven", "GrantApproved"]);
  expect(await ada.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 60 })).toMatchObject({
    body: { code: "REFUSED" },
  });
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("an approver who leaves the group before the start takes the approval along", async () => {
  const rita = await given.user("requester");
  const ada = await given.user("approver");
  const olga = await given.user("auditor");
  const grant = await given.request(rita, { role: "read-write", seconds: 60 });
  await ada.call("POST", `/grants/${grant.id}/approve`);
  // It cannot even read the grant until the group is left: a try in between must not have asked already.
  await given.without("BeginGrant", "dynamodb:*", async () => {
    await inGroup("dbas", "auditor", async () => {
      await olga.call("POST", `/grants/${grant.id}/approve`);
    });
  });
  expect(await given.until(grant.id, "denied")).toMatchObject({
    denial: { name: "dblease", reason: expect.stringContaining("not enough any more") },
  });
});

test("broken glass: at once, told to all, remembered until somebody else has reviewed it", async () => {
  const rita = await given.user("requester");
  const ada = await given.user("approver");
  const role = ["orders", "--role", "fixer", "--for", "1m", "--reason", "payments are stuck"];
  expect(await given.dblease("requester", "request", ...role)).toMatchObject({ error: { code: "REFUSED" } });
  const asked = await given.dblease("requester", "request", ...role, "--break-glass", "orders");
  expect(asked).toMatchObject({ data: { status: "active", breakGlass: { reviewers: ["leads"] } } });
  const { id } = asked.data;
  await rita.call("POST", `/grants/${id}/revoke`);
  await given.until(id, "revoked");

  // Nobody has looked in time: the clock of the second look and of the review come now.
  await given.sweepNow(id);
  await given.untilTrue(async () => (await given.grant(id)).recheckedAt !== undefined);
  const grant = await given.grant(id);
  expect(grant.dueAt).toBe(grant.breakGlass?.reviewBy);
  await given.table.client.send(
    new UpdateCommand({
      TableName: given.table.name,
      Key: keys.grant(id),
      UpdateExpression: "SET breakGlass.reviewBy = :past",
      ExpressionAttributeValues: { ":past": "2020-01-01T00:00:00.000Z" },
    }),
  );
  await given.sweepNow(id);
  await given.untilTrue(async () => (await given.eventsOf(id)).at(-1)?.name === "ReviewDue");
  const again = Date.parse((await given.grant(id)).dueAt ?? "") - Date.now();
  expect(Math.round(again / 3_600_000)).toBe(24);

  expect(await given.dblease("approver", "grants", "--to-review")).toMatchObject({ data: [{ id }] });
  expect(await rita.call("POST", `/grants/${id}/review`, { reason: "fine" })).toMatchObject({ status: 403 });
  expect(await given.dblease("requester", "review", id, "--reason", "fine")).toMatchObject({ error: {} });
  const reviewed = await given.dblease("approver", "review", id, "--reason", "agreed afterwards");
  expect(reviewed).toMatchObject({
    data: { breakGlass: { review: { name: "ada", reason: "agreed afterwards" } } },
  });
  expect((await given.grant(id)).dueAt).toBeUndefined();
  expect(await ada.call("POST", `/grants/${id}/review`, { reason: "twice" })).toMatchObject({ status: 409 });
});

test("a planned access starts in its window, and a cancelled one never", async () => {
  const rita = await given.user("requester");
  await tagged("requester", async () => {
    const startAt = new Date(Date.now() + 6000).toISOString();
    const ask = (start: string) => {
      const { verifier } = given.credential();
      const body = {
        database: "orders",
        role: "read-only",
        durationSeconds: 60,
        reason: "window",
        verifier,
        startAt: start,
      };
      return rita.call("POST", "/grants", body, { "idempotency-key": crypto.randomUUID() });
    };
    expect(await ask("2020-01-01T00:00:00Z")).toMatchObject({ status: 400, body: { code: "BAD_REQUEST" } });
    const planned = await ask(startAt);
    const cancelled = await ask(startAt);
    expect(planned).toMatchObject({ status: 201, body: { status: "approved", startAt } });
    await rita.call("POST", `/grants/${cancelled.body.id}/cancel`);
    await sleep(3000);
    expect((await given.grant(planned.body.id)).status).toBe("approved");
    const active = await given.until(planned.body.id, "active");
    expect(Date.parse(active.activatedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(startAt));
    expect((await given.grant(cancelled.body.id)).status).toBe("cancelled");
    await rita.call("POST", `/grants/${planned.body.id}/revoke`);
    await given.until(planned.body.id, "revoked");
  });
});
