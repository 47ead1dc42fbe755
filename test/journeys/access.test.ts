import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

/** States entered by the executions of a grant, both machines together. */
async function transitions(id: string): Promise<string[]> {
  const history = await given.history(id);
  return history.flatMap((it) => it.stateEnteredEventDetails?.name ?? []);
}

test("access without approval: granted, used, refused to write, ended on time, proved", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 8 });
  const session = await given.connect(grant);
  const read = await session.query("SELECT count(*)::int AS n FROM orders");
  expect(read.rows[0].n).toBeGreaterThan(0);
  await expect(session.query("DELETE FROM orders")).rejects.toMatchObject({ code: "42501" });

  const ended = new Promise<void>((resolve) => session.on("end", () => resolve()));
  const closed = await given.until(grant.id, "revoked");
  await ended;
  await expect(session.query("SELECT 1")).rejects.toThrow();
  await expect(given.connect(grant)).rejects.toMatchObject({ code: "28P01" });
  expect(closed.receipt).toMatchObject({
    username: grant.username,
    users: 0,
    sessions: 0,
    privileges: 0,
    objects: 0,
    preparedTransactions: 0,
    residue: [],
  });
  expect(closed.receipt?.sessionsEnded).toBe(1);
  expect(closed.end).toMatchObject({ cause: "expiry", by: "dblease" });
  expect(Date.parse(closed.receipt?.fencedAt ?? "")).toBeGreaterThanOrEqual(
    Date.parse(closed.expiresAt ?? ""),
  );
  expect(await given.userExists(grant.username)).toBe(false);
  const entered = await transitions(grant.id);
  expect(entered).toEqual(expect.arrayContaining(["Grant", "Active", "Revoke", "BeginRevoke"]));
  expect(entered.length).toBeLessThanOrEqual(10);
});

test("access with approval: nothing before the yes, granted after it, given back early, proved", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const requested = await given.request(rita, { role: "read-write", seconds: 300 });
  expect(requested).toMatchObject({
    status: "requested",
    approvalSteps: [{ anyOf: ["engineers", "root"], minimum: 1 }],
  });
  expect(await given.userExists(requested.username)).toBe(false);

  const waiting = await root.call("GET", "/grants?toApprove=true");
  expect(waiting.body.grants.map((it: { id: string }) => it.id)).toContain(requested.id);
  await given.untilTrue(async () => (await given.grant(requested.id)).wakeToken !== undefined);
  const approved = await root.call("POST", `/grants/${requested.id}/approve`, { reason: "go ahead" });
  expect(approved).toMatchObject({ status: 202, body: { status: "approved" } });
  const active = await given.until(requested.id, "active");
  expect(active.approvals).toMatchObject([{ name: "root", reason: "go ahead" }]);

  const session = await given.connect(requested);
  expect((await session.query("UPDATE orders SET quantity = quantity WHERE id = 1")).rowCount).toBe(1);
  const revoked = await rita.call("POST", `/grants/${requested.id}/revoke`, { reason: "done" });
  expect(revoked).toMatchObject({
    status: 202,
    body: { status: "revoking", end: { cause: "person", by: "rita", reason: "done" } },
  });
  const closed = await given.until(requested.id, "revoked");
  expect(closed.receipt).toMatchObject({ users: 0, sessions: 0, residue: [] });
  await expect(session.query("SELECT 1")).rejects.toThrow();
  const entered = await transitions(requested.id);
  expect(entered.length).toBeLessThanOrEqual(12);
});

test("events: one for every version, in the table and on the bus, none with a verifier or a token", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60 });
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  const closed = await given.until(grant.id, "revoked");
  const events = await given.eventsOf(grant.id);
  expect(events.map((it) => it.name)).toEqual([
    "GrantRequested",
    "GrantGranting",
    "GrantActivated",
    "GrantRevoking",
    "GrantRevoked",
  ]);
  expect(events.map((it) => it.version)).toEqual([1, 2, 3, 4, 5]);
  expect(closed.version).toBe(5);
  expect(events.at(-1)?.grant.receipt).toMatchObject({ residue: [] });
  const text = JSON.stringify(events);
  expect(text).not.toContain("SCRAM-SHA-256");
  expect(text).not.toContain("wakeToken");
  const published = await given.publishedEvents(grant.id, 5);
  expect(published.map((it) => it["detail-type"]).sort()).toEqual(events.map((it) => it.name).sort());
});

test("another machine brings a fresh verifier: old sessions end, the old password is refused, the new one works", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 120 });
  const old = await given.connect(grant);
  const { password, verifier } = given.credential();
  const answer = await rita.call("PUT", `/grants/${grant.id}/verifier`, { verifier });
  expect(answer).toMatchObject({ status: 202, body: { verifierNumber: 2, verifierApplied: 1 } });
  await given.untilTrue(async () => (await given.grant(grant.id)).verifierApplied === 2);
  await expect(old.query("SELECT 1")).rejects.toThrow();
  await expect(given.connect(grant)).rejects.toMatchObject({ code: "28P01" });
  const fresh = await given.connect({ ...grant, password });
  expect((await fresh.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await fresh.end();
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  expect((await given.until(grant.id, "revoked")).receipt?.residue).toEqual([]);
});

test("the same Idempotency-Key gives the same grant; with another body it is refused", async () => {
  const rita = await given.user("requester");
  const { verifier } = given.credential();
  const body = { database: "orders", role: "read-write", durationSeconds: 60, reason: "once", verifier };
  const key = { "idempotency-key": "twice-the-same-key" };
  const first = await rita.call("POST", "/grants", body, key);
  const second = await rita.call("POST", "/grants", body, key);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.body.id).toBe(first.body.id);
  const other = await rita.call("POST", "/grants", { ...body, reason: "twice" }, key);
  expect(other).toMatchObject({ status: 409, body: { code: "IDEMPOTENCY_REUSED" } });
  await rita.call("POST", `/grants/${first.body.id}/cancel`);
  expect((await given.until(first.body.id, "cancelled")).receipt).toBeUndefined();
});

test("what one may ask for, what it would do, and whether the database is fit for it", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const databases = await rita.call("GET", "/databases");
  expect(databases.body.databases[0].roles).toMatchObject([
    { name: "read-only", approvalNeeded: false, maxSeconds: 3600 },
    { name: "read-write", approvalNeeded: true },
  ]);
  const olga = await given.user("auditor");
  const explained = await olga.call("GET", "/policy/explain?as=rita&database=orders&role=read-write");
  expect(explained.body).toMatchObject({
    outcome: "allowed",
    rule: "write",
    approvalSteps: [{ anyOf: ["engineers", "root"], minimum: 1 }],
  });
  expect((await rita.call("GET", "/policy/explain?as=ada&database=orders&role=read-write")).status).toBe(403);
  const plan = await rita.call("GET", "/databases/orders/plan?role=read-only");
  expect(plan.body.grant.join("\n")).toMatch(/CREATE ROLE "?jit_000000000000"? /);
  expect(plan.body.revoke.join("\n")).toMatch(/DROP ROLE/);
  const doctor = await root.call("POST", "/databases/orders/doctor");
  expect(doctor.body.checks.filter((it: { ok: boolean }) => !it.ok)).toEqual([]);
  expect(doctor.body.checks.length).toBeGreaterThan(4);
  const dryRun = await rita.call("POST", "/grants", {
    database: "orders",
    role: "read-only",
    durationSeconds: 7200,
    dryRun: true,
  });
  expect(dryRun).toMatchObject({
    status: 200,
    body: { allowed: false, because: "rule read allows at most 1h" },
  });
});
