import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { contentHash, inCheckout, say } from "./checkout.mjs";

const source = "cli/main.ts";
const target = "dist/dblease.mjs";
// What only some commands need, such as the SDK: to read a megabyte takes longer than most commands do.
const parts = "dist/cli";
// Beside what it describes, so that removing dist/ builds it again.
const stamp = "dist/dblease.inputs.json";

/** The CLI for any Node from 20 on, so that npx dblease works in the checkout. */
export async function buildCommand() {
  if (!existsSync(inCheckout(source)) || upToDate()) return;
  say(`building ${target}`);
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: inCheckout("."),
    entryPoints: { dblease: source },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    chunkNames: "cli/[name]-[hash]",
    splitting: true,
    write: false,
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
  mkdirSync(inCheckout(parts), { recursive: true });
  // The command itself last: whoever has it has all of it.
  for (const { path, contents } of outputFiles.toSorted((file) =>
    file.path === inCheckout(target) ? 1 : -1,
  )) {
    writeFileSync(`${path}.part`, contents, { mode: 0o755 });
    renameSync(`${path}.part`, path);
  }
  for (const file of readdirSync(inCheckout(parts))) {
    if (!outputFiles.some(({ path }) => basename(path) === file)) rmSync(inCheckout(`${parts}/${file}`));
  }
  const isPackage = (path) => path.startsWith("node_modules/");
  const all = Object.keys(metafile.inputs);
  const own = [...all.filter((path) => !isPackage(path)), "package-lock.json"];
  const hashes = Object.fromEntries(own.map((path) => [path, contentHash(path)]));
  writeFileSync(inCheckout(stamp), JSON.stringify({ hashes, packages: all.filter(isPackage) }));
}

function upToDate() {
  if (!existsSync(inCheckout(target)) || !existsSync(inCheckout(stamp))) return false;
  const { hashes = {} } = JSON.parse(readFileSync(inCheckout(stamp), "utf8"));
  // A stamp of an earlier form has none.
  if (!(source in hashes)) return false;
  return Object.entries(hashes).every(
    ([path, hash]) => existsSync(inCheckout(path)) && contentHash(path) === hash,
  );
}
