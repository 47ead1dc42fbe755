import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

let built: string | undefined;

/** The command line as people get it, made from the tree as it stands, once per test file. */
export function cliBundle(): string {
  if (built) return built;
  const outdir = mkdtempSync(join(tmpdir(), "dblease-cli-"));
  buildSync({
    entryPoints: { dblease: join(import.meta.dirname, "../../cli/main.ts") },
    outdir,
    outExtension: { ".js": ".mjs" },
    splitting: true,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
    banner: {
      js: '#!/usr/bin/env node\nimport{createRequire}from"module";const require=createRequire(import.meta.url);',
    },
  });
  built = join(outdir, "dblease.mjs");
  return built;
}
