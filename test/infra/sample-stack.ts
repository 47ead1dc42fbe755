import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Dblease } from "../../infra/dblease.ts";
import { readConfiguration } from "../../infra/read-configuration.ts";
import type { Config } from "../../src/config.ts";

export const everything = readConfiguration(join(import.meta.dirname, "everything.yaml"));

/** The same without what only some companies ask for: keys, boundaries and endpoints of their own. */
const usual: Config = { ...everything, deployment: undefined };
if (usual.network) usual.network = { ...usual.network, endpoints: undefined };

export function addDblease(stack: Stack, config: Config): Dblease {
  // Bundles do not matter here; any folder stands for them.
  return new Dblease(stack, "Dblease", { config, bundleOf: () => import.meta.dirname });
}

export function sampleTemplate(config: Config = usual): Template {
  const stack = new Stack(new App(), "Dblease");
  addDblease(stack, config);
  return Template.fromStack(stack);
}
