import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

test("an auditor, and nobody else, reads the whole life of a grant", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60, reason: "why is order 42 late?" });
  await rita.call("POST", `/grants/${grant.id}/revoke`, { reason: "found it" });
  await given.until(grant.id, "revoked");
  const answer = await given.dblease("auditor", "audit", "grant", grant.id);
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
  expect(answer.data.unknown).toEqual([expect.stringMatching(/Who sat at the keyboard/)]);
  for (const other of ["requester", "admin"]) {
    const refused = await given.dblease(other, "audit", "grant", grant.id);
    expect(refused.error.code).toMatch(/NOT_ALLOWED/);
  }
});
