import { fork } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FurtherEngine } from "./further-servers.ts";
import { inCheckout } from "./in-checkout.ts";

/** What the stack in the background tells the terminal that waits for it. */
interface Word {
  progress?: string;
  ready?: string;
}

/** Starts a stack in the background and returns when it is ready to be used. */
export async function detachStack(folder: string, further: readonly FurtherEngine[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, "local.log");
  const log = openSync(logFile, "w");
  const words = further.length > 0 ? ["--with", further.join(",")] : [];
  const stack = fork(inCheckout("local-stack/local.ts"), words, {
    stdio: ["ignore", log, log, "ipc"],
    detached: true,
  });
  closeSync(log);
  const ready = await new Promise<string | undefined>((resolve) => {
    stack.on("message", ({ progress, ready }: Word) => {
      if (progress) process.stderr.write(`${progress}\n`);
      if (ready) resolve(ready);
    });
    stack.once("exit", () => resolve(undefined));
  });
  stack.unref();
  if (ready === undefined) throw new Error(readFileSync(logFile, "utf8").trimEnd());
  process.stdout.write(ready);
  process.stderr.write(
    `The local stack is up in the background; it writes to ${logFile}. npm run local -- stop ends it.\n`,
  );
}
