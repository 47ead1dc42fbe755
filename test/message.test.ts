/** What people are told, and what a requester cannot make it say. */
import { expect, test } from "vitest";
import type { GrantEvent, GrantEventName } from "../src/events.ts";
import type { GrantStatus } from "../src/grant.ts";
import { messageOf } from "../src/message.ts";
import type { RotationEvent, RotationEventName } from "../src/rotation.ts";

/** Only what messages read. */
function event(name: GrantEventName, to: GrantStatus, grant: object = {}): GrantEvent {
  const shown = {
    id: "7k2m9q4x1c0z",
    status: to,
    database: "orders",
    role: "read-write",
    requester: { id: "person/rita", name: "rita" },
    reason: "Why is order 4711 stuck?",
    durationSeconds: 900,
    rule: "engineers-write",
    approvalSteps: [{ anyOf: ["ada"], minimum: 1 }],
    approveBy: "2026-11-24T11:00:00.000Z",
    ...grant,
  };
  return { name, to, grant: shown } as unknown as GrantEvent;
}

test("an approver reads all that a decision needs, and the commands that decide", () => {
  expect(messageOf(event("GrantRequested", "requested", { ticket: "OPS-1" }))).toEqual({
    to: "approvers",
    title: "rita asks for read-write on orders",
    facts: [
      ["requester", "rita"],
      ["database", "orders"],
      ["role", "read-write"],
      ["time", "15m"],
      ["reason", "Why is order 4711 stuck?"],
      ["ticket", "OPS-1"],
      ["rule", "engineers-write"],
      ["approval", "ada"],
      ["decide by", "2026-11-24T11:00:00.000Z"],
    ],
    next: ["dblease approve 7k2m9q4x1c0z", 'dblease deny 7k2m9q4x1c0z --reason "..."'],
  });
});

test.each([
  ["GrantRequested", "approved", undefined],
  ["GrantActivated", "active", undefined],
  ["GrantRevoked", "revoked", undefined],
  ["ApprovalGiven", "requested", "approvers"],
  ["RevokeFailed", "revoke_failed", "operators"],
  ["GrantQuarantined", "quarantined", "operators"],
] as const)("%s to %s is for %s", (name, to, whom) => {
  expect(messageOf(event(name, to))?.to).toBe(whom);
});

test("broken glass and a forgotten review say so", () => {
  const breakGlass = { reviewers: ["ada", "root"], reviewBy: "2026-11-25T10:00:00.000Z" };
  const broken = messageOf(event("GrantRequested", "approved", { breakGlass, approvalSteps: [] }));
  expect(broken?.title).toBe("BREAK-GLASS: rita takes read-write on orders");
  expect(broken?.facts).toContainEqual(["review", "ada or root, until 2026-11-25T10:00:00.000Z"]);
  expect(messageOf(event("ReviewDue", "revoked", { breakGlass }))?.next).toContain(
    "dblease show 7k2m9q4x1c0z",
  );
});

test("a requester's words bring no link, no mention and no markup along", () => {
  const reason = "<!channel> *approved* [click](https://evil.example) `rm` @here <https://evil.example|ok>";
  const words = messageOf(event("GrantRequested", "requested", { reason }))?.facts.find(
    ([it]) => it === "reason",
  );
  expect(words?.[1]).not.toMatch(/[<>*`[\]|@]|:\/\//);
  expect(words?.[1]).toContain("evil.example");
});

test("operators hear of a rotation that failed or was healed, and not of one that went well", () => {
  const rotation = {
    ...{ id: "orders-app", user: "<orders>", database: "orders" },
    failure: { step: "setSecret", code: "X", message: "the admin may not", next: "GRANT it" },
  };
  const told = (name: RotationEventName) =>
    messageOf({ name, because: "somebody changed it", rotation } as unknown as RotationEvent);
  expect(told("RotationSucceeded")).toBeUndefined();
  expect(told("RotationStarted")).toBeUndefined();
  expect(told("RotationFailed")).toEqual({
    to: "operators",
    title: "The password of ‹orders› on orders was not rotated",
    facts: [
      ["rotation", "orders-app"],
      ["user", "‹orders›"],
      ["database", "orders"],
      ["step", "setSecret"],
      ["cause", "the admin may not"],
    ],
    next: ["GRANT it", "dblease rotate orders-app"],
  });
  expect(told("RotationHealed")?.facts.at(-1)).toEqual(["cause", "somebody changed it"]);
});
