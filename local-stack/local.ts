// npm run local: keeps the stack up until Ctrl-C. -- --detach leaves it in the background, -- stop ends that.
import { parseArgs } from "node:util";
import { detachStack } from "./detach-stack.ts";
import { inCheckout } from "./in-checkout.ts";
import { keepStack } from "./keep-stack.ts";
import { stopStack } from "./stop-stack.ts";

const folder = inCheckout(".local");
const configFile = inCheckout("dblease.yaml");

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { detach: { type: "boolean", default: false } },
  });
  const [verb, ...rest] = positionals;
  if ((verb !== undefined && verb !== "stop") || rest.length > 0) {
    throw new Error("npm run local takes nothing, -- --detach or -- stop. Next: run one of these three.");
  }
  if (verb === "stop") await stopStack(folder);
  else if (values.detach) await detachStack(folder);
  else await keepStack(folder, configFile);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  // In the background the channel to the waiting terminal would keep this process alive.
  process.exit(1);
}
