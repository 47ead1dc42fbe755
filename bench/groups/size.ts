/** What is shipped: how large, how long to load, how long until the command line answers. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleFunctions } from "../../infra/bundle-functions.ts";
import { inCheckout } from "../../local-stack/in-checkout.ts";
import { median } from "../quantile.ts";
import type { Report } from "../row.ts";
import { timed } from "../timed.ts";

/** KiB of a bundle with the engine's driver inside, by the first word of the function's name. */
const bars: Record<string, number> = {
  postgres: 480,
  mysql: 1434,
  mariadb: 1434,
  sqlserver: 1536,
  oracle: 922,
};
const starts = 15;
const command = inCheckout("dist/dblease.mjs");

export async function size(report: Report): Promise<void> {
  const bundles = inCheckout("dist/functions");
  bundleFunctions(bundles);
  const functions = readdirSync(inCheckout("functions")).map((file) => basename(file, ".ts"));
  for (const name of functions) {
    const file = join(bundles, name, "index.mjs");
    const engine = name.split("-")[0] ?? "";
    const bar = bars[engine];
    const row = { bench: "size", engine: bar ? engine : "dblease", at: `functions/${name}` };
    report({ ...row, strategy: "bundle", value: kib(file), unit: "KiB", ...(bar ? { bar } : {}) });
    report({ ...row, strategy: "import", value: median(importTimes(file)), unit: "ms", samples: starts });
    if (bar) {
      // zod leaves its type names in what esbuild makes of it.
      const mentions = readFileSync(file, "utf8").split("$ZodType").length - 1;
      report({ ...row, strategy: "mentions of zod", value: mentions, unit: "", bar: 0 });
    }
  }
  await reportCommand(report);
}

async function reportCommand(report: Report): Promise<void> {
  const row = { bench: "size", engine: "dblease", at: "dist/dblease.mjs" };
  report({ ...row, strategy: "bundle", value: kib(command), unit: "KiB" });
  const bare: number[] = [];
  const ours: number[] = [];
  for (let n = 0; n < starts; n++) {
    bare.push((await timed(async () => run("-e", ""))).ms);
    ours.push((await timed(async () => run(command, "--version"))).ms);
  }
  // The fastest of each: whatever else the machine does can only add to a start.
  const over = Math.min(...ours) - Math.min(...bare);
  report({ ...row, strategy: "node alone, fastest", value: Math.min(...bare), unit: "ms", samples: starts });
  report({
    ...row,
    strategy: "start over bare node, fastest",
    value: over,
    unit: "ms",
    bar: 60,
    samples: starts,
  });
}

/** Each in a process of its own, as a new execution environment loads it. */
function importTimes(file: string): number[] {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `${anySetting}; const t = performance.now(); await import(${url}); console.log(performance.now() - t); process.exit()`;
  return Array.from({ length: starts }, () => Number(run("--input-type=module", "-e", script)));
}

/** Functions read their settings while they load, one of them as JSON; nothing that they name is reached. */
const anySetting = `process.env = new Proxy({ AWS_REGION: "us-east-1" }, {
  get: (env, name) => env[name] ?? (/^(?!AWS_|NODE_)[A-Z]+(_[A-Z]+)*$/.test(name) ? "{}" : undefined) })`;

function run(...words: string[]): string {
  return execFileSync(process.execPath, words, { encoding: "utf8" });
}

function kib(file: string): number {
  return statSync(file).size / 1024;
}
