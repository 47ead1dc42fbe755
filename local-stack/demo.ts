// npm run demo: a whole access, from request to receipt, on a stack of its own. -- --engine mariadb or mysql: on that
// engine instead of postgres. -- iam: by IAM tokens instead of a password, on each of them. -- --json: one object a line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { jsonNarrator, type Narrator, peopleNarrator } from "./demo/narrator.ts";
import { openPage } from "./demo/open-page.ts";
import { tellStory } from "./demo/story.ts";
import { endWithParent } from "./end-with-parent.ts";
import { type FurtherEngine, furtherId, furtherServers, isFurtherEngine } from "./further-servers.ts";
import { inCheckout } from "./in-checkout.ts";
import { personEnvironment } from "./person-environment.ts";
import { setUpServers } from "./set-up-servers.ts";
import { startStack } from "./stack.ts";

interface Wish {
  engine: "postgres" | FurtherEngine;
  iam: boolean;
  json: boolean;
}

function wishOf(words: string[]): Wish {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        engine: { type: "string", default: "postgres" },
        json: { type: "boolean", default: false },
      },
    });
    const { engine, json } = values;
    const iam = positionals.join(" ") === "iam";
    if (iam || positionals.length === 0) {
      if (engine === "postgres" || isFurtherEngine(engine)) return { engine, iam, json };
    }
  } catch {
    // The sentence below says all that is right.
  }
  throw new Error(
    `npm run demo does not take ${words.join(" ")}. Next: name one engine of postgres, mariadb, mysql (-- --engine mariadb), iam for tokens instead of a password, and --json for programs.`,
  );
}

function assertTakesIam(engine: FurtherEngine): void {
  const { title, iamMissing } = furtherServers[engine];
  const missing = iamMissing();
  if (missing === undefined) return;
  throw new Error(
    `${title} takes no IAM logins here (${missing}). Next: install gcc, or leave out --engine.`,
  );
}

async function demo(): Promise<number> {
  const { engine, iam, json } = wishOf(process.argv.slice(2));
  const further = engine === "postgres" ? [] : [engine];
  setUpServers(further);
  if (iam) for (const it of further) assertTakesIam(it);
  const start = Date.now();
  const narrator = json ? jsonNarrator(start) : peopleNarrator(start);
  const stack = await startStack({
    folder: inCheckout(".local/demo"),
    configFile: inCheckout(iam ? "local-stack/demo/iam.yaml" : "dblease.yaml"),
    iam,
    with: further,
    onProgress: (words) => process.stderr.write(`${words}\n`),
  });
  // Passwords of the story go with it.
  const stateFolder = mkdtempSync(join(tmpdir(), "dblease-demo-"));
  let end: () => void = () => process.exit(130);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end());
  endWithParent(() => process.exit(1));
  try {
    const title = engine === "postgres" ? "PostgreSQL" : furtherServers[engine].title;
    narrator.step("dblease", `is up: a real ${title}, the deployed app, IAM enforced; no AWS account`);
    const receipt = await tellStory(
      stack.info,
      engine === "postgres" ? "orders" : furtherId(engine),
      stateFolder,
      narrator,
    );
    const asked = new Promise<void>((resolve) => {
      end = () => resolve();
    });
    await showPage(personEnvironment(stack.info, "auditor", stateFolder), narrator, json, asked);
    return receipt.residue.length === 0 ? 0 : 1;
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
    await stack.stop();
  }
}

/** People look as long as they like; a program hears that the page answers; where nobody looks on, there is none. */
async function showPage(
  auditor: NodeJS.ProcessEnv,
  narrator: Narrator,
  json: boolean,
  asked: Promise<void>,
): Promise<void> {
  if (!json && !process.stdout.isTTY) return;
  const page = await openPage(auditor);
  if (json) narrator.page(page.address, (await fetch(page.address)).status);
  else {
    narrator.page(page.address);
    await asked;
  }
  await page.close();
}

try {
  process.exit(await demo());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
