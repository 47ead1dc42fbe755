// npm run demo: a whole access, from request to receipt, on a stack of its own. -- --json: one object a line.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { jsonNarrator, peopleNarrator } from "./demo/narrator.ts";
import { tellStory } from "./demo/story.ts";
import { endWithParent } from "./end-with-parent.ts";
import { inCheckout } from "./in-checkout.ts";
import { startStack } from "./stack.ts";

async function demo(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const start = Date.now();
  const narrator = values.json ? jsonNarrator(start) : peopleNarrator(start);
  const stack = await startStack({
    folder: inCheckout(".local/demo"),
    configFile: inCheckout("dblease.yaml"),
    onProgress: (words) => process.stderr.write(`${words}\n`),
  });
  // Passwords of the story go with it.
  const stateFolder = mkdtempSync(join(tmpdir(), "dblease-demo-"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
  endWithParent(() => process.exit(1));
  try {
    narrator.step("dblease", "is up: a real PostgreSQL, the deployed app, IAM enforced; no AWS account");
    const receipt = await tellStory(
      stack.info,
      readFileSync(stack.info.caFile, "utf8"),
      stateFolder,
      narrator,
    );
    return receipt.residue.length === 0 ? 0 : 1;
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
    await stack.stop();
  }
}

try {
  process.exit(await demo());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
