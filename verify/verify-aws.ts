// npm run verify:aws: whole accesses against a deployed stack and a real database.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, styleText } from "node:util";
import { openAccount } from "./account.ts";
import { checks, type Setting } from "./checks.ts";
import { person } from "./people.ts";

const usage = `npm run verify:aws -- --database <id> --role <role> --requester <profile> --approver <profile>
                      --admin <profile> --deployer <profile> [--seconds 60] [--ca <file>] [--stack Dblease] [--json]`;

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    role: { type: "string" },
    requester: { type: "string" },
    approver: { type: "string" },
    admin: { type: "string" },
    deployer: { type: "string" },
    seconds: { type: "string", default: "60" },
    ca: { type: "string" },
    stack: { type: "string", default: "Dblease" },
    json: { type: "boolean", default: false },
  },
});

function needed(name: Exclude<keyof typeof values, "json">): string {
  const value = values[name];
  if (value) return value;
  process.stderr.write(`--${name} is missing. Next:\n${usage}\n`);
  process.exit(2);
}

/** @returns how many did not hold. */
async function verify(setting: Setting): Promise<number> {
  let failed = 0;
  for (const { what, run } of checks) {
    const begun = Date.now();
    const outcome = await run(setting).then(
      (seen) => ({ holds: true, seen }),
      (error: Error) => ({ holds: false, seen: error.message }),
    );
    if (!outcome.holds) failed++;
    const seconds = (Date.now() - begun) / 1000;
    if (values.json) process.stdout.write(`${JSON.stringify({ what, ...outcome, seconds })}\n`);
    else
      process.stdout.write(
        `${styleText(outcome.holds ? "green" : "red", outcome.holds ? "holds" : "FAILS")}  ${what}\n       ${outcome.seen}\n`,
      );
  }
  return failed;
}

const people = {
  requester: needed("requester"),
  approver: needed("approver"),
  admin: needed("admin"),
};
const what = {
  database: needed("database"),
  role: needed("role"),
  seconds: Number(values.seconds),
  caFile: values.ca,
};
// The people have profiles of their own; this process is the deployer.
process.env.AWS_PROFILE = needed("deployer");
const account = openAccount(values.stack);
// The passwords of this run go with it.
const stateFolder = mkdtempSync(join(tmpdir(), "dblease-verify-"));
try {
  const failed = await verify({
    ...what,
    account,
    requester: person(people.requester, stateFolder),
    approver: person(people.approver, stateFolder),
    admin: person(people.admin, stateFolder),
  });
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(stateFolder, { recursive: true, force: true });
}
