import { expect, test } from "vitest";
import { isClean, kept, type MovedObject, type Receipt, type Residue } from "../src/receipt.ts";

const at = "2026-11-24T10:00:00.000Z";
const empty: Receipt = {
  username: "jit_000000000000",
  fencedAt: at,
  readBackAt: at,
  sessionsEnded: 0,
  users: 0,
  sessions: 0,
  privileges: 0,
  objects: 0,
  preparedTransactions: 0,
  members: [],
  moved: [],
  residue: [],
};

function tables(count: number): MovedObject[] {
  return Array.from({ length: count }, (_, index) => ({
    database: "orders",
    kind: "table",
    name: `public.${"x".repeat(50)}_${index}`,
    stripped: ["colleague: SELECT"],
  }));
}

function traps(count: number): Residue[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "executable",
    where: "orders",
    what: `function public.${"ä".repeat(50)}_${index}()`,
  }));
}

test("what fits is kept whole", () => {
  const receipt = { ...empty, moved: tables(100), residue: traps(100) };
  expect(kept(receipt)).toEqual(receipt);
});

test("ten thousand tables and functions left behind still fit into a row, an event and a message", () => {
  const once = kept({ ...empty, moved: tables(10_000), residue: traps(10_000) });
  expect(Buffer.byteLength(JSON.stringify(once))).toBeLessThan(120_000);
  expect(once.moved.length + (once.unlisted?.moved ?? 0)).toBe(10_000);
  expect(once.residue.length + (once.unlisted?.residue ?? 0)).toBe(10_000);
  expect(once.moved[0]).toEqual(tables(1)[0]);
  // The next try finds the functions again; what it moves comes on top of what was moved before.
  const twice = kept({ ...once, moved: [...once.moved, ...tables(50)], residue: traps(10_000) });
  expect(twice.moved.length + (twice.unlisted?.moved ?? 0)).toBe(10_050);
  expect(twice.residue.length + (twice.unlisted?.residue ?? 0)).toBe(10_000);
});

test("a residue that is too large to be listed is no clean receipt", () => {
  const [huge] = traps(1);
  const receipt = kept({ ...empty, residue: [{ ...huge, what: "x".repeat(60_000) } as Residue] });
  expect(receipt.residue).toEqual([]);
  expect(isClean(receipt)).toBe(false);
});
