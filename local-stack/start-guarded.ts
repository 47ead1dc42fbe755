import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const guardScript = fileURLToPath(new URL("guard.sh", import.meta.url));

export interface GuardedServer {
  /** Of the group that holds the server and everything it has started. */
  pid: number;
  stdout: ChildProcess["stdout"];
  /** Settles when the whole group is gone, asked for or not. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

export interface GuardedCommand {
  command: readonly string[];
  stopSignal: "INT" | "TERM";
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** An open file that takes what the server says. */
  log: number;
  /** Standard output goes to the log unless somebody reads it. */
  readStdout?: boolean;
  uid?: number;
  gid?: number;
}

/** Starts a server that ends with this process, however this process ends. */
export function startGuarded(guarded: GuardedCommand): GuardedServer {
  const child = spawn("/bin/sh", [guardScript, guarded.stopSignal, ...guarded.command], {
    stdio: ["pipe", guarded.readStdout ? "pipe" : guarded.log, guarded.log],
    env: guarded.env,
    cwd: guarded.cwd,
    detached: true,
    ...(guarded.uid === undefined ? {} : { uid: guarded.uid }),
    ...(guarded.gid === undefined ? {} : { gid: guarded.gid }),
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    pid: child.pid ?? 0,
    stdout: child.stdout,
    ended,
    async stop() {
      child.stdin?.destroy();
      await ended;
    },
  };
}
