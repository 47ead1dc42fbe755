/** docs/errors.md against the codes that there are, and the API's statuses against what it says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problem } from "../src/api/problem.ts";
import { DbleaseError, type ErrorCode } from "../src/errors.ts";

const rows = [...readFileSync("docs/errors.md", "utf8").matchAll(/^\| `([A-Z_]+)` \| (\d*) ?\|/gm)].map(
  ([, code, status]) => ({ code: code as ErrorCode, status: Number(status) }),
);

test("every code has its line, and no other", () => {
  const [union] = /export type ErrorCode =([^;]*);/.exec(readFileSync("src/errors.ts", "utf8")) ?? [];
  const codes = [...`${union}`.matchAll(/"([A-Z_]+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(20);
  expect(rows.map(({ code }) => code).sort()).toEqual(codes.sort());
});

test.each(rows.filter(({ status }) => status > 0))("$code", ({ code, status }) => {
  const error = new DbleaseError(code, "why", { next: "next" });
  expect(problem(error)).toMatchObject({ code, status, detail: "why", next: "next" });
});
