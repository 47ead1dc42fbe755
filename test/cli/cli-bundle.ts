import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

let built: string | undefined;

/** The command line as people get it: one file, made from the tree as it stands, once per test file. */
export function cliBundle(): string {
  if (built) return built;
  const outfile = join(mkdtempSync(join(tmpdir(), "dblease-cli-")), "dblease.mjs");
  buildSync({
    entryPoints: [join(import.meta.dirname, "../../cli/main.ts")],
    outfile,
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
  built = outfile;
  return outfile;
}
