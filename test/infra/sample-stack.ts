import { cpSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Dblease } from "../../infra/dblease.ts";
import { readConfiguration } from "../../infra/read-configuration.ts";
import type { Config } from "../../src/config.ts";

export const everything = readConfiguration(join(import.meta.dirname, "everything.yaml"));

/** Bundles do not matter here: empty folders stand for them. */
const assets = mkdtempSync(join(tmpdir(), "dblease-assets-"));
cpSync("state-machines", join(assets, "state-machines"), { recursive: true });
for (const file of readdirSync("functions")) {
  mkdirSync(join(assets, "functions", basename(file, ".ts")), { recursive: true });
}

/** The same without what only some companies ask for: keys, boundaries and endpoints of their own. */
const usual: Config = { ...everything, deployment: undefined };
if (usual.network) usual.network = { ...usual.network, endpoints: undefined };

export function addDblease(stack: Stack, config: Config): Dblease {
  return new Dblease(stack, "Dblease", { config, assets });
}

export function sampleTemplate(config: Config = usual): Template {
  const stack = new Stack(new App(), "Dblease");
  addDblease(stack, config);
  return Template.fromStack(stack);
}
