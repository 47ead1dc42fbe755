import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { contentHash, inCheckout, say } from "./checkout.mjs";

const source = "cli/main.ts";
const target = "dist/dblease.mjs";
// Beside what it describes, so that removing dist/ builds it again.
const stamp = "dist/dblease.inputs.json";

/** The CLI in one file that any Node from 20 on runs, so that npx dblease works in the checkout. */
export async function buildCommand() {
  if (!existsSync(inCheckout(source)) || upToDate()) return;
  say(`building ${target}`);
  const { build } = await import("esbuild");
  const unfinished = `${target}.part`;
  const { metafile } = await build({
    absWorkingDir: inCheckout("."),
    entryPoints: [source],
    outfile: unfinished,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    metafile: true,
    logLevel: "error",
    // Some packages still call require().
    banner: {
      js: "#!/usr/bin/env node\nimport{createRequire}from'node:module';const require=createRequire(import.meta.url);",
    },
  });
  chmodSync(inCheckout(unfinished), 0o755);
  renameSync(inCheckout(unfinished), inCheckout(target));
  const own = Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
  const inputs = [...own, "package-lock.json"].map((path) => [path, contentHash(path)]);
  writeFileSync(inCheckout(stamp), JSON.stringify(Object.fromEntries(inputs)));
}

function upToDate() {
  if (!existsSync(inCheckout(target)) || !existsSync(inCheckout(stamp))) return false;
  const inputs = Object.entries(JSON.parse(readFileSync(inCheckout(stamp), "utf8")));
  return inputs.every(([path, hash]) => existsSync(inCheckout(path)) && contentHash(path) === hash);
}
