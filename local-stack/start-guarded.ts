import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { inCheckout } from "./in-checkout.ts";

export interface GuardedProgram {
  stdout: ChildProcess["stdout"];
  /** Settles with the exit status when the program and all that it has started are gone, asked for or not. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

export interface GuardedCommand {
  command: readonly string[];
  /** What asks the program to end well. */
  stopSignal: "INT" | "TERM";
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** An open file that takes what the program says. */
  log: number;
  /** Standard output goes to the log unless somebody reads it. */
  readStdout?: boolean;
  uid?: number;
  gid?: number;
}

/** Starts a program that ends with this process, however this process ends. */
export function startGuarded(guarded: GuardedCommand): GuardedProgram {
  const { command, stopSignal, log, readStdout, ...options } = guarded;
  const child = spawn("/bin/sh", [inCheckout("local-stack/guard.sh"), stopSignal, ...command], {
    ...options,
    stdio: ["pipe", readStdout ? "pipe" : log, log, "pipe"],
    detached: true,
  });
  const status = text(child.stdio[3] as Readable);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", async () => resolve(Number((await status) || 1)));
  });
  return {
    stdout: child.stdout,
    ended,
    async stop() {
      child.stdin?.destroy();
      await ended;
    },
  };
}
