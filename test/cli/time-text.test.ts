import { expect, test } from "vitest";
import { clockTime, timeLeft, timeText } from "../../cli/time-text.ts";

test.each([
  [-5, "0 s"],
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [61, "1 min 01 s"],
  [599, "9 min 59 s"],
  [1799, "29 min"],
  [3600, "1 h"],
  [3900, "1 h 05 min"],
  [86_400, "1 d"],
  [100_000, "1 d 3 h"],
])("%f seconds are %s", (seconds, text) => {
  expect(timeText(seconds * 1000)).toBe(text);
});

test("time left counts from now and is never negative", () => {
  const now = new Date("2026-01-01T09:00:00Z");
  expect(timeLeft("2026-01-01T09:29:30.000Z", now)).toBe("29 min");
  expect(timeLeft("2026-01-01T08:00:00.000Z", now)).toBe("0 s");
});

test("a time of another day carries its date", () => {
  const now = new Date(2026, 0, 1, 9, 0, 0);
  expect(clockTime(new Date(2026, 0, 1, 8, 5, 3).toISOString(), now)).toBe("08:05:03");
  expect(clockTime(new Date(2025, 11, 31, 23, 0, 0).toISOString(), now)).toBe("2025-12-31 23:00:00");
});
