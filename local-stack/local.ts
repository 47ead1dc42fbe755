// npm run local: keeps the stack up until Ctrl-C. -- --with mariadb,mysql: with these servers beside PostgreSQL.
// -- --detach leaves it in the background, -- stop ends that.
import { parseArgs } from "node:util";
import { detachStack } from "./detach-stack.ts";
import { type FurtherEngine, isFurtherEngine } from "./further-servers.ts";
import { inCheckout } from "./in-checkout.ts";
import { keepStack } from "./keep-stack.ts";
import { setUpServers } from "./set-up-servers.ts";
import { stopStack } from "./stop-stack.ts";

const folder = inCheckout(".local");
const configFile = inCheckout("dblease.yaml");

interface Wish {
  stop: boolean;
  detach: boolean;
  further: FurtherEngine[];
}

function wishOf(words: string[]): Wish {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { detach: { type: "boolean", default: false }, with: { type: "string" } },
    });
    const stop = positionals.join(" ") === "stop";
    const further = [...new Set(values.with?.split(","))];
    if ((stop || positionals.length === 0) && further.every(isFurtherEngine)) {
      return { stop, detach: values.detach, further };
    }
  } catch {
    // The sentence below says all that is right.
  }
  throw new Error(
    `npm run local does not take ${words.join(" ")}. Next: run it with nothing, -- --with mariadb,mysql (or one of the two), -- --detach, or -- stop.`,
  );
}

try {
  const { stop, detach, further } = wishOf(process.argv.slice(2));
  if (stop) await stopStack(folder);
  else {
    setUpServers(further);
    await (detach ? detachStack(folder, further) : keepStack(folder, configFile, further));
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  // In the background the channel to the waiting terminal would keep this process alive.
  process.exit(1);
}
