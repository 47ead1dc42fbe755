import { expect, test } from "vitest";
import { durationSeconds, durationText } from "../src/duration.ts";

test.each([
  ["30s", 30],
  ["30m", 1800],
  ["2h", 7200],
  ["1d", 86_400],
])("%s is %i seconds and reads back", (text, seconds) => {
  expect(durationSeconds(text)).toBe(seconds);
  expect(durationText(seconds)).toBe(text);
});

test.each(["", "0s", "30", "m", "-5m", "1h30m", "1.5h", "30M", " 30m", "99999999s", "∞"])(
  "%j is refused with the forms that work",
  (text) => {
    expect(() => durationSeconds(text)).toThrow(
      expect.objectContaining({ code: "BAD_REQUEST", next: expect.stringContaining("30m") }),
    );
  },
);
