import { cpSync } from "node:fs";
import { join } from "node:path";
import { bundleFunctions } from "./bundle-functions.ts";

/**
 * Puts what a deploy uploads into one folder: bundled functions and workflows.
 * @returns the files that went into the bundles.
 */
export function buildAssets(target: string): string[] {
  cpSync(join(import.meta.dirname, "archive-queries"), join(target, "archive-queries"), { recursive: true });
  cpSync(join(import.meta.dirname, "../state-machines"), join(target, "state-machines"), { recursive: true });
  return bundleFunctions(join(target, "functions"));
}
