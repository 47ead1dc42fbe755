/** Builds what `npm pack` ships besides the CLI: the construct with its types, the functions, the workflows. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { buildAssets } from "./build-assets.ts";

const root = join(import.meta.dirname, "..");

/** @returns the files that went into the bundle. */
function bundleConstruct(target: string): string[] {
  const { metafile } = buildSync({
    absWorkingDir: root,
    metafile: true,
    entryPoints: { construct: join(root, "infra/package.ts") },
    outdir: target,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // The SDK, which only names by tags need, becomes a file of its own.
    splitting: true,
    chunkNames: "chunk-[hash]",
    platform: "node",
    format: "esm",
    target: "node20.11",
    mainFields: ["module", "main"],
    external: ["aws-cdk-lib", "constructs"],
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return Object.keys(metafile.inputs);
}

/** The types of infra/package.ts, which name nothing but CDK's own. */
function writeTypes(target: string): void {
  const types = join(target, "types");
  execFileSync("node_modules/.bin/tsc", ["-p", "infra/tsconfig.package.json", "--outDir", types], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  cpSync(join(types, "infra/package.d.ts"), join(target, "construct.d.ts"));
  rmSync(types, { recursive: true });
}

const licenseFiles = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license", "License", "LICENCE"];

/** The licences of what is bundled, which most ask to go with every copy; packages with the same text stand together. */
function writeLicenses(target: string, inputs: string[]): void {
  const folders = new Set(inputs.flatMap((it) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(it)?.[0] ?? []));
  const namesByText = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = licenseFiles.map((it) => join(root, folder, it)).find((it) => existsSync(it));
    const text = file
      ? readFileSync(file, "utf8")
      : `No more than the name of its license comes with it: ${license}.\n`;
    namesByText.set(text, [...(namesByText.get(text) ?? []), `${name} ${version}`]);
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join("\n")}\n\n${text}`);
  writeFileSync(join(target, "licenses.txt"), parts.join(`\n${"-".repeat(80)}\n`));
}

const target = join(root, "dist/package");
const unfinished = mkdtempSync(join(root, "dist/package-"));
try {
  const cli = JSON.parse(readFileSync(join(root, "dist/dblease.inputs.json"), "utf8"));
  const bundled = [...buildAssets(unfinished), ...bundleConstruct(unfinished), ...cli.packages];
  writeLicenses(unfinished, bundled);
  writeTypes(unfinished);
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
} finally {
  rmSync(unfinished, { recursive: true, force: true });
}
