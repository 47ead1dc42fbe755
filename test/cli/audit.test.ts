/** The questions of auditors on the command line, against a played API. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { WhoAnswer } from "../../src/views.ts";
import { type Desk, openDesk } from "./cli-desk.ts";
import { id, revokedGrant } from "./grant-view.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const at = "2026-11-24T09:10:00.000Z";
const answer: WhoAnswer = {
  database: "orders",
  from: at,
  to: at,
  held: [
    {
      from: "2026-11-24T09:01:02.000Z",
      until: "2026-11-24T09:20:00.400Z",
      grant: revokedGrant({ reason: '=HYPERLINK("http://evil")' }),
      sessions: [
        {
          connection: "10.0.1.9(4711)[5]",
          address: "10.0.1.9",
          application: "psql\u001b[31m",
          startedAt: "2026-11-24T09:02:00.000Z",
          endedAt: "2026-11-24T09:20:00.000Z",
          endedBy: "revoke",
        },
      ],
    },
  ],
  unknown: ["nobody knows this"],
  next: "2026-11-24/x",
};
const question = `GET /audit/who?database=orders&from=${encodeURIComponent(at)}&to=${encodeURIComponent(at)}`;
const words = ["audit", "who", "--database", "orders", "--at", at];

test("who: sentences for people, what it can not know on stderr", async () => {
  desk.api.answer(question, { body: answer });
  const { code, stdout, stderr } = await desk.dblease(words);
  expect(code).toBe(0);
  for (const part of [
    "rita",
    "had read-only on orders",
    "approved by ada",
    "from 10.0.1.9 by psql",
    "ended by the revoke",
    "clean: ",
  ]) {
    expect(stdout).toContain(part);
  }
  expect(stdout).not.toContain("\u001b");
  expect(stderr).toContain("Not known: nobody knows this");
  expect(stderr).toContain("--page '2026-11-24/x'");
});

test("--csv: a heading, one row a grant, and no cell that a spreadsheet would run; --json: the answer", async () => {
  desk.api.answer(question, { body: answer });
  const [heading, row, ...more] = (await desk.dblease([...words, "--csv"])).stdout.trimEnd().split("\n");
  expect(heading).toMatch(/^grant,requester,database,role,/);
  expect(row).toContain(`${id},rita,orders,read-only`);
  expect(row).toContain("'=HYPERLINK");
  expect(more).toEqual([]);
  expect(JSON.parse((await desk.dblease([...words, "--json"])).stdout)).toEqual({ data: answer });
  expect((await desk.dblease([...words, "--json", "--csv"])).code).toBe(2);
});

test.each([
  [["audit", "who"], /--database/],
  [["audit", "who", "--database", "orders", "--at", "yesterday"], /Write 10:00/],
  [["audit", "who", "--database", "orders", "--at", "10:00", "--between", "09:00"], /cannot be used with/],
  [["audit", "who", "--database", "orders", "--and", "2026-11-24"], /--between is missing/],
  [
    ["audit", "sessions", "--database", "orders", "--between", "2026-11-24", "--and", "2026-11-23"],
    /later than/,
  ],
])("%j is wrong usage", async (wrong, why) => {
  const { code, stderr } = await desk.dblease(wrong);
  expect(code).toBe(2);
  expect(stderr).toMatch(why);
  expect(desk.api.received).toEqual([]);
});

test("nobody had access: said so, and nothing on stdout", async () => {
  desk.api.answer(question, { body: { ...answer, held: [], next: undefined } });
  const { stdout, stderr } = await desk.dblease(words);
  expect(stdout).toBe("");
  expect(stderr).toContain("Nobody had access to orders by a grant.");
});

test("verify: where there is no digest nothing was compared, which is no success", async () => {
  desk.api.answer("GET /audit/digests", { body: { digests: [] } });
  const { code, stdout } = await desk.dblease(["audit", "verify"]);
  expect(code).toBe(5);
  expect(stdout).toContain("No digest, so nothing was compared");
});
