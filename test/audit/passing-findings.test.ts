import { expect, test } from "vitest";
import { isOver, strangerFound } from "../../src/audit/passing-findings.ts";
import type { SessionNote } from "../../src/audit/session-note.ts";
import type { Finding } from "../../src/finding.ts";

const note: SessionNote = {
  kind: "refused",
  at: "2026-11-24T10:00:00.000Z",
  username: "orders_app",
  connection: "token",
  code: "NotAuthorized",
};

test("whoever tried is told by what people know, not by the name of one session", () => {
  expect(strangerFound(note, "arn:aws:sts::111122223333:assumed-role/Deploy/pod-17")).toMatchObject({
    kind: "iam_login",
    what: "role/Deploy as orders_app",
  });
  expect(strangerFound(note, "arn:aws:iam::111122223333:user/ops/rita").what).toBe(
    "user/ops/rita as orders_app",
  );
  expect(strangerFound({ ...note, username: "jit_7k2m9q4x1c0z" }, undefined)).toMatchObject({
    kind: "session_without_grant",
    what: "jit_7k2m9q4x1c0z",
  });
});

test("what happened once stays for a week, what is looked at does not", () => {
  const finding = (kind: Finding["kind"]) => ({ kind, seenAt: "2026-11-24T10:00:00.000Z" }) as Finding;
  expect(isOver(finding("iam_login"), new Date("2026-11-30T10:00:00.000Z"))).toBe(false);
  expect(isOver(finding("iam_login"), new Date("2026-12-02T10:00:00.000Z"))).toBe(true);
  expect(isOver(finding("stranger"), new Date("2026-11-24T10:00:01.000Z"))).toBe(true);
});
