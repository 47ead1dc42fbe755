// What `npm pack` ships: the CLI, and the construct with all that it deploys. Runs on whatever Node the machine has.
import { buildCommand } from "./set-up/build-command.mjs";
import { inCheckout } from "./set-up/checkout.mjs";
import { installNodeModules } from "./set-up/install-node-modules.mjs";
import { runProgram } from "./set-up/run-program.mjs";

await installNodeModules();
await buildCommand();
const node = inCheckout("node_modules/.bin/node");
const { succeeded, output } = await runProgram(node, [inCheckout("infra/build-package.ts")]);
if (!succeeded) {
  process.stderr.write(output);
  process.exitCode = 1;
}
