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
  for (const other of ["requester", "admin"]) {
    const refused = await given.dblease(other, "audit", "grant", grant.id);
    expect(refused.error.code).toMatch(/NOT_ALLOWED/);
  }
});
