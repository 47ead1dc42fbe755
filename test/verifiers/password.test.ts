import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { password } from "../../src/verifiers/password.ts";

test("a password has 30 safe characters, two of every class, a letter first", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 500; i++) {
    const made = password(randomBytes);
    expect(made).toMatch(
      /^(?=.*[A-Z].*[A-Z])(?=.*[a-z].*[a-z])(?=.*[0-9].*[0-9])(?=.*[_-].*[_-])[A-Za-z][A-Za-z0-9_-]{29}$/,
    );
    seen.add(made);
  }
  expect(seen.size).toBe(500);
});

test("all 64 characters come up, none of a class far more often than another", () => {
  const counts = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    for (const character of password(randomBytes).slice(1)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(64);
  const classes = Map.groupBy(counts, ([character]) => /[_-]/.test(character));
  for (const members of classes.values()) {
    const often = members.map(([, count]) => count);
    expect(Math.max(...often) / Math.min(...often)).toBeLessThan(1.5);
  }
});

test("a candidate that lacks a class is thrown away whole", () => {
  const digits = new Uint8Array(30).fill(52);
  const repeated = (...numbers: number[]) =>
    Uint8Array.from({ length: 30 }, (_, i) => numbers[i % numbers.length] ?? 0);
  const source = [digits, repeated(0, 26, 52), repeated(0, 26, 52, 52, 62)];
  expect(password(() => source.shift() ?? digits)).toBe("Aa00_".repeat(6));
});

test("a source that only repeats itself is refused instead of asked for ever", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), (byte) => {
      expect(() => password((size) => new Uint8Array(size).fill(byte))).toThrow(RangeError);
    }),
    { numRuns: 20 },
  );
});
