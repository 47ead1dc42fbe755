import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expiry, grantId, grantIdPattern, isOpen, mayFollow, statuses, usernameOf } from "../src/grant.ts";

describe("the life of a grant", () => {
  const life = ["requested", "approved", "granting", "active", "revoking", "revoked"] as const;

  test("runs from requested to revoked", () => {
    for (const [index, status] of life.slice(1).entries())
      expect(mayFollow(life[index] ?? status, status)).toBe(true);
  });

  test.each([
    ["active", "revoked"],
    ["granting", "revoked"],
    ["requested", "active"],
    ["requested", "granting"],
    ["denied", "approved"],
    ["lapsed", "approved"],
    ["cancelled", "granting"],
    ["revoking", "active"],
    ["revoke_failed", "active"],
    ["quarantined", "revoked"],
  ] as const)("never goes from %s straight to %s", (from, to) => {
    expect(mayFollow(from, to)).toBe(false);
  });

  test("no status follows itself, and every open one has a way on", () => {
    for (const status of statuses) {
      expect(mayFollow(status, status)).toBe(false);
      if (isOpen(status)) expect(statuses.some((next) => mayFollow(status, next))).toBe(true);
    }
  });

  test("from every status in which the database may know the user, revoking is one step away or under way", () => {
    for (const status of ["granting", "active", "revoke_failed", "quarantined"] as const) {
      expect(mayFollow(status, "revoking")).toBe(true);
    }
  });
});

describe("a grant id", () => {
  test("is 12 characters of Crockford base32, and the user name fits every engine", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 12 }), (bytes) => {
        const id = grantId(bytes);
        expect(id).toMatch(grantIdPattern);
        expect(usernameOf(id)).toMatch(/^[a-z][a-z0-9_]{15}$/);
      }),
    );
  });

  test("uses all 32 characters, so 60 bits are random", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
    const all = [0, 12, 20].map((from) => grantId(bytes.subarray(from, from + 12))).join("");
    expect(new Set(all).size).toBe(32);
  });

  test("is refused without enough randomness", () => {
    expect(() => grantId(new Uint8Array(11))).toThrow(RangeError);
  });
});

test("the clock starts at activation", () => {
  expect(expiry("2026-11-24T10:00:00.000Z", 90)).toBe("2026-11-24T10:01:30.000Z");
});
