import { setTimeout as sleep } from "node:timers/promises";
import { alive, processHolding } from "./stack-lock.ts";

/** Ends the stack that is up in a folder, in the foreground of another terminal or in the background. */
export async function stopStack(folder: string): Promise<void> {
  const pid = processHolding(folder);
  if (pid === undefined) {
    process.stderr.write("No local stack is up.\n");
    return;
  }
  process.kill(pid, "SIGTERM");
  for (const deadline = Date.now() + 10_000; alive(pid); await sleep(50)) {
    // Its servers notice even so, and end.
    if (Date.now() > deadline) process.kill(pid, "SIGKILL");
  }
  process.stderr.write("The local stack is down.\n");
}
