import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

/** States entered by the executions of a grant, both machines together. */
async function transitions(id: string, revokeNumber = 0): Promise<string[]> {
  const grantMachine = given.resource("GrantMachine");
  const revokeMachine = given.resource("RevokeMachine");
  const names = [
    `${grantMachine.replace(":stateMachine:", ":execution:")}:${id}`,
    `${revokeMachine.replace(":stateMachine:", ":execution:")}:${id}-${revokeNumber}`,
  ];
  const entered: string[] = [];
  for (const executionArn of names) {
    const history = await given.workflows.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    entered.push(...(history.events ?? []).flatMap((it) => it.stateEnteredEventDetails?.name ?? []));
  }
  return entered;
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
  expect(Date.parse(closed.receipt?.fencedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(closed.expiresAt ?? ""));
  expect(await given.userExists(grant.username)).toBe(false);
  const entered = await transitions(grant.id);
  expect(entered).toEqual(expect.arrayContaining(["Grant", "Active", "Revoke", "BeginRevoke"]));
  expect(entered.length).toBeLessThanOrEqual(10);
});
