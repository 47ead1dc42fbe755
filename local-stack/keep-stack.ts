import { watchFile } from "node:fs";
import { endWithParent } from "./end-with-parent.ts";
import { type FurtherEngine, furtherServers } from "./further-servers.ts";
import { type Stack, startStack } from "./stack.ts";
import { usage } from "./usage.ts";

const say = (words: string) => process.stderr.write(`${words}\n`);

/**
 * Starts a stack, says how to use it and keeps it until somebody ends this process. In the background (started by
 * detach-stack.ts, with a channel to it) it outlives its parent, but only once it has told it that all is up.
 */
export async function keepStack(
  folder: string,
  configFile: string,
  further: readonly FurtherEngine[],
): Promise<void> {
  let stack: Stack | undefined;
  let ending = false;
  const end = async (status: number) => {
    if (ending) return;
    ending = true;
    await stack?.stop();
    process.exit(status);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(0));
  const background = process.send !== undefined;
  if (!background) endWithParent(() => end(1));
  const parentLost = () => end(1);
  process.once("disconnect", parentLost);

  const tell = (words: string) => (background ? process.send?.({ progress: words }) : say(words));
  stack = await startStack({ folder, configFile, with: further, onProgress: tell });
  if (ending) await stack.stop();
  for (const [name, server] of [
    ["PostgreSQL", stack.postgres],
    ["The AWS emulator", stack.emulator],
    ...[...stack.further].map(([engine, server]) => [furtherServers[engine].title, server] as const),
  ] as const) {
    server.ended.then(() => {
      if (!ending)
        say(`${name} has ended by itself. Next: read ${server.logFile}, then start the stack again.`);
      return end(1);
    });
  }
  applyChanges(stack, configFile);
  if (background) {
    process.off("disconnect", parentLost);
    process.send?.({ ready: usage(stack.info) });
    process.disconnect();
  } else {
    process.stdout.write(usage(stack.info));
    say("The local stack is up. Ctrl-C ends it; a changed dblease.yaml is applied at once.");
  }
}

/** One change at a time; changes that come meanwhile are applied together afterwards. */
function applyChanges(stack: Stack, configFile: string): void {
  let applying = Promise.resolve();
  let waiting = false;
  watchFile(configFile, { interval: 500 }, () => {
    if (waiting) return;
    waiting = true;
    applying = applying.then(async () => {
      waiting = false;
      say(`${configFile} has changed: applying it`);
      await stack.apply().then(
        () => say("The new configuration is in force."),
        (error: Error) => say(`${error.message}\nThe configuration before the change stays in force.`),
      );
    });
  });
}
