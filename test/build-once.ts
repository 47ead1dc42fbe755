/** Bundles the functions once for a whole run of tests; each stack that a test starts deploys these. */
import { join } from "node:path";
import { buildAssets } from "../infra/build-assets.ts";

export function setup(): void {
  buildAssets(join(import.meta.dirname, "../dist"));
  process.env.DBLEASE_ASSETS = "built";
}
