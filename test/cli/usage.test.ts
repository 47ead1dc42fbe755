import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Desk, openDesk } from "./cli-desk.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

test.each([
  { args: ["requets"], says: "Did you mean request?", next: "dblease --help" },
  {
    args: ["request", "orders", "--rol", "x"],
    says: "unknown option '--rol' (Did you mean --role?)",
    next: "dblease request --help",
  },
  {
    args: ["request", "orders", "--role", "x", "--for", "1h"],
    says: "--reason",
    next: "dblease request --help",
  },
  {
    args: ["request", "orders", "--role", "x", "--for", "1.5h", "--reason", "y"],
    says: "30s, 30m, 2h or 1d",
    next: "dblease request --help",
  },
  {
    args: ["request", "orders", "--role", "x", "--for", "1h", "--reason", "y", "--break-glass", "stock"],
    says: "--break-glass must name orders again",
    next: "dblease request --help",
  },
  {
    args: ["request", "orders", "--role", "x", "--for", "1h", "--reason", "y", "--start", "tomorrow"],
    says: "Write 22:00",
    next: "dblease request --help",
  },
  { args: ["unfreeze"], says: "say what: --all", next: "dblease unfreeze --help" },
  { args: ["console", "--port", "65536"], says: "at most 65535", next: "dblease console --help" },
  { args: ["request"], says: "'database'", next: "dblease request --help" },
  { args: ["deny", "7k2m9q4x1c0z"], says: "--reason", next: "dblease deny --help" },
  { args: ["show", "../../etc/passwd"], says: "12 characters", next: "dblease show --help" },
  { args: ["grants", "extra"], says: "too many arguments", next: "dblease grants --help" },
  {
    args: ["databases", "prepare", "--forec"],
    says: "unknown option",
    next: "dblease databases prepare --help",
  },
  {
    args: ["credential", "7k2m9q4x1c0z", "--env", "--uri"],
    says: "cannot go together",
    next: "dblease credential --help",
  },
])("$args is wrong usage: exit code 2, nothing sent, help named", async ({ args, says, next }) => {
  const words = await desk.dblease(args);
  expect(words.code).toBe(2);
  expect(words.stdout).toBe("");
  expect(words.stderr).toContain(says);
  expect(words.stderr).toContain(`next:  ${next}`);
  const machine = await desk.dblease([...args, "--json"]);
  expect(machine.code).toBe(2);
  expect(machine.stderr).toBe("");
  expect(JSON.parse(machine.stdout)).toEqual({
    error: { code: "USAGE", message: expect.stringContaining(says), next },
  });
  expect(desk.api.received).toEqual([]);
});

test.each([
  ["databases"],
  ["databases", "prepare"],
  ["request"],
  ["grants"],
  ["show"],
  ["approve"],
  ["deny"],
  ["cancel"],
  ["extend"],
  ["freeze"],
  ["unfreeze"],
  ["revoke-all"],
  ["policy", "explain"],
  ["findings"],
  ["reconcile"],
  ["databases", "accept"],
  ["policy", "check"],
  ["policy", "schema"],
  ["review"],
  ["revoke"],
  ["credential"],
  ["plan"],
  ["doctor"],
  ["console"],
])("`%s %s --help` shows two examples and --json, on stdout", async (...words) => {
  const { code, stdout, stderr } = await desk.dblease([...words.filter(Boolean), "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("--json");
  const examples = stdout.split("\nExamples:\n")[1]?.trim().split("\n") ?? [];
  expect(examples).toHaveLength(2);
  for (const example of examples) expect(example).toContain(`dblease ${words.filter(Boolean).join(" ")}`);
});

test("--help and --version need neither credentials nor an API", async () => {
  const blank = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_REGION: undefined,
    DBLEASE_API: undefined,
  };
  const help = await desk.dblease(["--help"], blank);
  expect(help.code).toBe(0);
  for (const word of ["Exit codes:", "DBLEASE_API", "request", "revoke", "credential"])
    expect(help.stdout).toContain(word);
  const { code, stdout } = await desk.dblease(["--version"], blank);
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  expect([code, stdout]).toEqual([0, `${manifest.version}\n`]);
});
