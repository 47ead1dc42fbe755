import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type GuardedCommand, type GuardedProgram, startGuarded } from "./start-guarded.ts";

export interface RestartableServer {
  /** Settles when the server that runs now has ended, asked for or not. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  /** Starts a stopped server again, on the same port with the same data. */
  start(): Promise<void>;
}

/**
 * Starts a server that ends with this process, and waits until `probe` succeeds. One that ends first, or does not
 * answer within 30 seconds, is stopped, and the error shows the end of its log.
 */
export async function startRestartableServer(
  program: Omit<GuardedCommand, "log">,
  { name, logFile, probe }: { name: string; logFile: string; probe: () => Promise<void> },
): Promise<RestartableServer> {
  async function start(): Promise<GuardedProgram> {
    const log = openSync(logFile, "a");
    const started = startGuarded({ ...program, log });
    closeSync(log);
    let gone = false;
    started.ended.then(() => {
      gone = true;
    });
    for (const deadline = Date.now() + 30_000; Date.now() < deadline && !gone; await sleep(20)) {
      try {
        await probe();
        return started;
      } catch {
        // Not yet.
      }
    }
    await started.stop();
    const lastWords = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-3).join("\n");
    throw new Error(`${name} did not start. Next: read ${logFile}, which ends with:\n${lastWords}`);
  }

  let running = await start();
  return {
    get ended() {
      return running.ended;
    },
    stop: () => running.stop(),
    async start() {
      await running.stop();
      running = await start();
    },
  };
}
