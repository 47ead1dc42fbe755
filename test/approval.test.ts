/** Several approvals: steps joined by "and", each with its minimum. */
import { describe, expect, test } from "vitest";
import { openSteps } from "../src/approval.ts";
import { approvalText } from "../src/approval-text.ts";

const config = { persons: {}, groups: { leads: ["ada", "lin"], security: ["lin", "sam", "eve"] } };
const people = (...names: string[]) => names.map((name) => ({ id: name, name }));
const step = (minimum: number, ...anyOf: string[]) => ({ anyOf, minimum });
const open = (steps: ReturnType<typeof step>[], ...names: string[]) =>
  openSteps(steps, people(...names), config).map((it) => it.anyOf.join());

describe("what is still missing", () => {
  const both = [step(1, "leads"), step(2, "security")];

  test.each([
    [[], ["leads", "security", "security"]],
    [["ada"], ["security", "security"]],
    [["sam", "eve"], ["leads"]],
    [["ada", "sam", "eve"], []],
    // Lin is in both, and counts where it helps, whenever it came.
    [["lin"], ["security", "security"]],
    [["lin", "ada", "sam"], []],
    [["lin", "sam", "ada"], []],
    [["ada", "lin", "sam"], []],
    // One person is one yes, however many groups they are in.
    [["lin", "sam"], ["security"]],
    [
      ["rita", "lin"],
      ["security", "security"],
    ],
  ])("after %j it wants %j", (approved, wanted) => {
    expect(open(both, ...approved)).toEqual(wanted);
  });

  test("no step wants nothing", () => {
    expect(open([])).toEqual([]);
  });
});

test("steps read like a sentence", () => {
  expect(approvalText([step(1, "ada", "root"), step(2, "security", "lin")])).toBe(
    "ada or root, and 2 of security, lin",
  );
});
