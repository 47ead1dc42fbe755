import { join } from "node:path";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack(join(import.meta.dirname, "audit.yaml"));

test("an auditor, and nobody else, reads the whole life of a grant", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60, reason: "why is order 42 late?" });
  await (await given.connect(grant)).end();
  await given.connect(grant);
  await rita.call("POST", `/grants/${grant.id}/revoke`, { reason: "found it" });
  await given.until(grant.id, "revoked");
  await expect(given.connect(grant)).rejects.toThrow();
  const ask = () => given.dblease("auditor", "audit", "grant", grant.id);
  // RDS brings the log in its own time.
  await given.untilTrue(async () => (await ask()).data.sessions[1]?.endedAt !== undefined);
  const answer = await ask();
  expect(answer.data.sessions).toMatchObject([
    { address: "127.0.0.1", tls: true, endedBy: "client" },
    { address: "127.0.0.1", tls: true, endedBy: "revoke" },
  ]);
  expect(answer.data.moments.map((it: { sentence: string }) => it.sentence)).toEqual([
    expect.stringMatching(
      /^rita asked for read-only on orders for 1m: “why is order 42 late\?”; rule read: /,
    ),
    `making the user ${grant.username}`,
    expect.stringMatching(`^active as ${grant.username} until `),
    "ended early (rita): “found it”",
    expect.stringMatching(
      `^${grant.username} is gone: no user, session, privilege, object or prepared transaction`,
    ),
  ]);
  expect(answer.data.unknown).toContainEqual(expect.stringMatching(/Who sat at the keyboard/));
  // What the table's stream brings comes a moment later.
  const who = () =>
    given.dblease("auditor", "audit", "who", "--database", "orders", "--at", `${grant.activatedAt}`);
  await given.untilTrue(async () => (await who()).data.held.length === 1);
  expect((await who()).data.held[0]).toMatchObject({
    grant: { requester: "rita", rule: "read", receipt: { users: 0, sessions: 0, residue: [] } },
    sessions: [{ endedBy: "client" }, { endedBy: "revoke" }],
  });
  const sessions = await given.dblease("auditor", "audit", "sessions", "--database", "orders");
  expect(sessions.data.sessions).toMatchObject([{ requester: "rita" }, { requester: "rita" }]);
  const names = async () =>
    (await given.dblease("auditor", "audit", "person", "rita")).data.moments.map(
      (it: { name: string }) => it.name,
    );
  await given.untilTrue(async () => (await names()).includes("GrantRevoked"));
  expect(await names()).toEqual(
    expect.arrayContaining(["GrantRequested", "GrantActivated", "GrantRevoking"]),
  );
  const passwords = await given.dblease("auditor", "audit", "passwords");
  expect(passwords.data.passwords).toMatchObject([{ id: "admin of orders", database: "orders" }]);
  for (const other of ["requester", "admin"]) {
    const refused = await given.dblease(other, "audit", "grant", grant.id);
    expect(refused.error.code).toMatch(/NOT_ALLOWED/);
  }
});
