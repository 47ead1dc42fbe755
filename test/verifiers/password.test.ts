import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { password } from "../../src/verifiers/password.ts";

test("a password has 30 safe characters of every class, a letter first", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const made = password(randomBytes);
    expect(made).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[A-Za-z][A-Za-z0-9_-]{29}$/);
    seen.add(made);
  }
  expect(seen.size).toBe(500);
});

test("all 64 characters come up, none far more often than another", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    for (const character of password(randomBytes).slice(1)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(64);
  expect(Math.max(...counts.values()) / Math.min(...counts.values())).toBeLessThan(1.5);
});

test("a candidate that lacks a class is thrown away whole", () => {
  const digits = new Uint8Array(30).fill(52);
  const good = Uint8Array.from({ length: 30 }, (_, i) => [0, 26, 52][i % 3] ?? 0);
  const source = [digits, good];
  expect(password(() => source.shift() ?? good)).toBe("Aa0".repeat(10));
});

test("a source that only repeats itself is refused instead of asked for ever", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
      expect(() => password((size) => new Uint8Array(size).fill(byte))).toThrow(RangeError);
    }),
    { numRuns: 20 },
  );
});
