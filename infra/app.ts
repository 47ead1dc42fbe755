/** `cdk deploy`: one stack with dblease for the databases of dblease.yaml. DBLEASE_CONFIG names another file. */
import { App, CliCredentialsStackSynthesizer, Stack } from "aws-cdk-lib";
import { DbleaseError } from "../src/errors.ts";
import { bundleFunctions } from "./bundle-functions.ts";
import { Dblease } from "./dblease.ts";
import { readConfiguration } from "./read-configuration.ts";

function synthesize(): void {
  const config = readConfiguration(process.env.DBLEASE_CONFIG ?? "dblease.yaml");
  const app = new App();
  const withCliCredentials = app.node.tryGetContext("dblease:synthesizer") === "cli";
  const stack = new Stack(app, "Dblease", {
    description: "Just-in-time database access with a revoke that is proved",
    terminationProtection: !withCliCredentials,
    ...(withCliCredentials ? { synthesizer: new CliCredentialsStackSynthesizer() } : {}),
  });
  new Dblease(stack, "Dblease", { config, bundleOf: bundleFunctions() });
}

try {
  synthesize();
} catch (error) {
  if (!(error instanceof DbleaseError)) throw error;
  console.error(`${error.message}\nnext: ${error.next}`);
  process.exitCode = 1;
}
