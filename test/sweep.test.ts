import { describe, expect, test } from "vitest";
import type { Grant, GrantStatus } from "../src/grant.ts";
import { statuses } from "../src/grant.ts";
import type { Receipt } from "../src/receipt.ts";
import { attentionAt, sweep } from "../src/sweep.ts";

const now = new Date("2026-11-24T10:00:00.000Z");
const past = "2026-11-24T09:59:00.000Z";
const future = "2026-11-24T10:10:00.000Z";

const receipt = {} as unknown as Receipt;

/** Only what the sweeper reads. */
function grant(status: GrantStatus, more: Partial<Grant> = {}): Grant {
  const base = {
    status,
    approveBy: future,
    expiresAt: future,
    expiryApplied: future,
    verifierNumber: 1,
    verifierApplied: 1,
    dueAt: past,
  };
  return { ...base, ...more } as unknown as Grant;
}

describe("what the sweeper does", () => {
  test.each([
    ["nothing before its time", grant("active", { expiresAt: past, dueAt: future }), "none"],
    ["resumes a request whose workflow was never started", grant("requested"), "resume"],
    ["lets a request lapse", grant("requested", { approveBy: past }), "lapse"],
    ["resumes an approved grant that nobody woke", grant("approved"), "resume"],
    ["revokes an overdue grant", grant("active", { expiresAt: past }), "revoke"],
    ["wakes an active grant with a new verifier", grant("active", { verifierNumber: 2 }), "resume"],
    [
      "wakes an active grant whose later end has not arrived",
      grant("active", { expiryApplied: past }),
      "resume",
    ],
    ["cleans up a grant that got stuck", grant("granting"), "revoke"],
    [
      "leaves a revoke alone that holds its lease",
      grant("revoking", { lease: { holder: "x", until: future } }),
      "none",
    ],
    [
      "takes over a revoke whose lease ran out",
      grant("revoking", { lease: { holder: "x", until: past } }),
      "revoke",
    ],
    ["goes on with a revoke that failed", grant("revoke_failed"), "revoke"],
    ["looks once more after the end", grant("revoked", { receipt }), "recheck"],
    [
      "reminds of a broken glass that nobody has reviewed",
      grant("revoked", {
        receipt,
        recheckedAt: past,
        activatedAt: past,
        breakGlass: { reviewers: ["ada"], reviewBy: past },
      }),
      "remind",
    ],
    ["leaves to a person what only a person can finish", grant("quarantined"), "none"],
  ] as const)("%s", (_title, it, action) => {
    expect(sweep(it, now)).toBe(action);
  });
});

describe("when the sweeper looks", () => {
  test("a broken glass is remembered until it is reviewed: at its time, then every day", () => {
    const breakGlass = { reviewers: ["ada"], reviewBy: future };
    const closed = { receipt, recheckedAt: past, activatedAt: past };
    const asked = (more: object) => attentionAt(grant("revoked", { ...closed, ...more }), now);
    expect(asked({ breakGlass })).toBe(future);
    expect(asked({ breakGlass: { ...breakGlass, reviewBy: past } })).toBe("2026-11-25T10:00:00.000Z");
    expect(
      asked({ breakGlass: { ...breakGlass, review: { id: "a", name: "ada", at: past } } }),
    ).toBeUndefined();
    // What never opened anything owes nothing.
    expect(asked({ breakGlass, activatedAt: undefined })).toBeUndefined();
  });

  test("a planned grant is started when its time has come", () => {
    const planned = grant("approved", { startAt: future });
    expect(attentionAt(planned, now)).toBe("2026-11-24T10:11:00.000Z");
  });

  test("every grant that is not closed for good is looked at, closed ones are not", () => {
    const closed: GrantStatus[] = ["denied", "lapsed", "cancelled", "revoked", "grant_failed"];
    for (const status of statuses) {
      expect(attentionAt(grant(status), now) !== undefined, status).toBe(!closed.includes(status));
    }
  });

  test("a proved revoke is looked at once more, five minutes later", () => {
    const receipt = {} as NonNullable<Grant["receipt"]>;
    expect(attentionAt(grant("revoked", { receipt }), now)).toBe("2026-11-24T10:05:00.000Z");
    expect(attentionAt(grant("revoked", { receipt, recheckedAt: past }), now)).toBeUndefined();
  });

  test("a request whose workflow waits is left alone until its time is over", () => {
    expect(attentionAt(grant("requested", { wakeToken: "t" }), now)).toBe("2026-11-24T10:10:30.000Z");
    expect(attentionAt(grant("requested"), now)).toBe("2026-11-24T10:01:00.000Z");
  });

  test("never later than a minute after the end of an active grant", () => {
    expect(attentionAt(grant("active"), now)).toBe("2026-11-24T10:10:15.000Z");
  });

  test("a failing revoke is tried again for ever, at most an hour apart", () => {
    const waits = [1, 2, 3, 7, 100].map((count) => {
      const at =
        attentionAt(grant("revoke_failed", { failure: { code: "X", message: "x", at: past, count } }), now) ??
        "";
      return (Date.parse(at) - now.getTime()) / 1000;
    });
    expect(waits).toEqual([60, 120, 240, 3600, 3600]);
  });
});
