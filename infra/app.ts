/** `cdk deploy`: one stack with dblease for the databases of dblease.yaml. DBLEASE_CONFIG names another file. */
import { join } from "node:path";
import { App, CliCredentialsStackSynthesizer, Stack } from "aws-cdk-lib";
import type { Config } from "../src/config.ts";
import { DbleaseError } from "../src/errors.ts";
import { buildAssets } from "./build-assets.ts";
import { Dblease } from "./dblease.ts";
import { isFound } from "./named-network.ts";
import { readConfiguration } from "./read-configuration.ts";

const assets = join(import.meta.dirname, "../dist");

/** Only where `network:` names something by tags does synthesis ask the account. */
async function withNetwork(config: Config): Promise<Config> {
  if (!config.network || isFound(config.network)) return config;
  const { findNetwork } = await import("./find-network.ts");
  return { ...config, network: await findNetwork(config.network) };
}

async function synthesize(): Promise<void> {
  const config = await withNetwork(readConfiguration(process.env.DBLEASE_CONFIG ?? "dblease.yaml"));
  const app = new App();
  const withCliCredentials = app.node.tryGetContext("dblease:synthesizer") === "cli";
  const stack = new Stack(app, "Dblease", {
    description: "Just-in-time database access with a revoke that is proved",
    terminationProtection: !withCliCredentials,
    ...(withCliCredentials ? { synthesizer: new CliCredentialsStackSynthesizer() } : {}),
  });
  if (app.node.tryGetContext("dblease:assets") !== "built") buildAssets(assets);
  new Dblease(stack, "Dblease", { config, assets });
}

try {
  await synthesize();
} catch (error) {
  if (!(error instanceof DbleaseError)) throw error;
  console.error(`${error.message}\nnext: ${error.next}`);
  process.exitCode = 1;
}
