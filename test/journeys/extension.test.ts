/** Moving the end of a grant, and everything that may race with it (dangers 6, 7). */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

async function validUntil(username: string): Promise<number> {
  const [role] = await given.asOwner<{ until: Date }>(
    "SELECT rolvaliduntil AS until FROM pg_roles WHERE rolname = $1",
    [username],
  );
  return role?.until.getTime() ?? 0;
}

test("the deadline of the same grant moves, in the table and in the engine, and holds", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 9 });
  const session = await given.connect(grant);
  const answer = await rita.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 6 });
  expect(answer).toMatchObject({ status: 202, body: { status: "active", extensions: 1 } });
  const end = Date.parse(answer.body.expiresAt);
  expect(end - Date.parse(grant.expiresAt ?? "")).toBe(6000);
  await given.untilTrue(async () => (await validUntil(grant.username)) === end);
  // The rule allows one.
  const second = await rita.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 6 });
  expect(second).toMatchObject({ status: 403, body: { code: "REFUSED" } });

  await sleep(Date.parse(grant.expiresAt ?? "") - Date.now() + 2000);
  expect((await session.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  const closed = await given.until(grant.id, "revoked");
  await expect(session.query("SELECT 1")).rejects.toThrow();
  expect(Date.parse(closed.receipt?.fencedAt ?? "")).toBeGreaterThanOrEqual(end);
  expect((await given.eventsOf(grant.id)).map((it) => it.name)).toContain("GrantExtended");
});

test("under a rule with approval an approver extends, and nobody their own", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const grant = await given.request(rita, { role: "read-write", seconds: 60 });
  await root.call("POST", `/grants/${grant.id}/approve`);
  await given.until(grant.id, "active");
  const path = `/grants/${grant.id}/extend`;
  expect(await rita.call("POST", path, { durationSeconds: 60 })).toMatchObject({
    body: { code: "OWN_REQUEST" },
  });
  expect(await root.call("POST", path, { durationSeconds: 3600 })).toMatchObject({
    body: { code: "REFUSED" },
  });
  expect(await root.call("POST", path, { durationSeconds: 60 })).toMatchObject({ status: 202 });
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
  expect(await root.call("POST", path, { durationSeconds: 60 })).toMatchObject({
    body: { code: "WRONG_STATUS" },
  });
});

test("an extension that comes too late, or while the revoke runs, changes nothing", async () => {
  const rita = await given.user("requester");
  const late = await given.active(rita, { seconds: 4 });
  expect(await rita.call("POST", `/grants/${late.id}/extend`, { durationSeconds: 60 })).toMatchObject({
    status: 409,
    body: { code: "WRONG_STATUS" },
  });
  const racing = await given.active(rita, { seconds: 60 });
  const [extended, revoked] = await Promise.all([
    rita.call("POST", `/grants/${racing.id}/extend`, { durationSeconds: 60 }),
    rita.call("POST", `/grants/${racing.id}/revoke`),
  ]);
  // Whoever lost was told so; a revoke that lost is simply asked for again.
  expect([extended.status, revoked.status].every((it) => it === 202 || it === 409)).toBe(true);
  await rita.call("POST", `/grants/${racing.id}/revoke`);
  for (const { id, username } of [late, racing]) {
    expect((await given.until(id, "revoked")).receipt).toMatchObject({ users: 0, residue: [] });
    expect(await given.userExists(username)).toBe(false);
  }
});

test("an extension that the database did not get leaves the earlier end there, and the sweeper brings it", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60 });
  const before = await validUntil(grant.username);
  await given.without("PostgresGrant", "secretsmanager:*", async () => {
    await rita.call("POST", `/grants/${grant.id}/extend`, { durationSeconds: 60 });
    await sleep(12_000);
    expect(await validUntil(grant.username)).toBe(before);
  });
  expect((await given.grant(grant.id)).status).toBe("active");
  await given.sweepNow(grant.id);
  await given.untilTrue(async () => (await validUntil(grant.username)) === before + 60_000);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});
