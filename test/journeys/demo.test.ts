import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { inCheckout } from "../../local-stack/in-checkout.ts";
import { mariadbIamMissing, mariadbMissing } from "../../local-stack/mariadb-server.ts";

/** Command lines of all processes that have to do with the demo's folder. */
function processesOfDemo(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(inCheckout(".local/demo/")));
}

/** A process that was killed stands in /proc until the kernel has come to it. */
async function noneIsLeft(seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; processesOfDemo().length > 0 && Date.now() < end; ) {
    await sleep(100);
  }
  expect(processesOfDemo()).toEqual([]);
}

/** Tells the whole story to a program, looks at its receipt and answers its words. */
async function demo(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("node", ["local-stack/demo.ts", "--json", ...words]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const [receipt, audit, page] = lines.slice(-3);
  expect(receipt).toMatchObject({
    type: "receipt",
    residue: [],
    users: 0,
    sessions: 0,
    privileges: 0,
    objects: 0,
    preparedTransactions: 0,
  });
  // The login that the story tries the moment after may be under way still, and is ended as well.
  expect([1, 2]).toContain(receipt.sessionsEnded);
  expect(audit).toMatchObject({
    type: "audit",
    held: [
      {
        grant: { requester: "rita", approvals: [{ name: "ada" }], receipt: { residue: [] } },
        sessions: expect.arrayContaining([expect.objectContaining({ endedBy: "revoke" })]),
      },
    ],
  });
  expect(page).toEqual({
    type: "page",
    address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/./),
    status: 200,
  });
  expect(lines.slice(0, -3).map((it) => it.type)).toEqual(lines.slice(0, -3).map(() => "step"));
  await noneIsLeft(2);
  return lines.map((it) => it.words ?? "").join("\n");
}

test("npm run demo ends with a clean receipt, and leaves no process and no verifier behind", async () => {
  const words = await demo();
  expect(words).toMatch(/permission denied for table orders/);
  expect(words).toMatch(/password authentication failed/);
  expect(readFileSync(".local/demo/postgres/postgresql.log", "utf8")).not.toMatch(/SCRAM-SHA-256\$/);
});

test.skipIf(mariadbMissing)("npm run demo -- --engine mariadb tells the same of MariaDB", async () => {
  const words = await demo("--engine", "mariadb");
  expect(words).toMatch(/order 42 is paid/);
  expect(words).toMatch(/UPDATE command denied/);
  expect(words).toMatch(/refuses a new login: Access denied/);
});

/** The journeys by IAM have PostgreSQL; where MariaDB can take tokens, the story is told of it. */
const byIam = ["iam", ...(mariadbIamMissing() ? [] : ["--engine", "mariadb"])];

test(`npm run demo -- ${byIam.join(" ")} tells of tokens, and that a young one opens nothing after the end`, async () => {
  const words = await demo(...byIam);
  expect(words).toMatch(
    /refuses a token before the approval: grant \w+ is requested: it cannot be given a token/,
  );
  expect(words).toMatch(/order 42 is paid/);
  expect(words).toMatch(/refuses the same token, which is half a minute old: /);
});

test("a demo that is killed hard takes its servers and functions along", async () => {
  const demo = spawn("node", ["local-stack/demo.ts", "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  // The first line says that all is up.
  await once(createInterface({ input: demo.stdout }), "line");
  expect(processesOfDemo().length).toBeGreaterThan(2);
  demo.kill("SIGKILL");
  await noneIsLeft(20);
});
