/** The commands of the local stack refuse what they do not know before anything starts. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test.each([
  "demo --engine oracle",
  "demo --engine",
  "demo mariadb",
  "demo iam --engine oracle",
  "local --with mysql,oracle",
  "local start",
])("npm run %s: one sentence, and the next step", async (line) => {
  const [command, ...words] = line.split(" ");
  const run = promisify(execFile)("node", [`local-stack/${command}.ts`, ...words]);
  const { code, stderr } = await run.catch((error) => error);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    new RegExp(`^npm run ${command} does not take ${words.join(" ")}\\. Next: [^\\n]+\\n$`),
  );
});
