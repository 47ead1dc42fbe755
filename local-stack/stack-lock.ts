import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileIn = (folder: string) => join(folder, "stack.pid");

/** Claims the folder for this process; two stacks in one folder would destroy each other's files. */
export function claimFolder(folder: string): void {
  const holder = processHolding(folder);
  if (holder !== undefined) {
    throw new Error(
      `A local stack is up already (process ${holder}, folder ${folder}). Next: use it, or end it with npm run local -- stop.`,
    );
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileIn(folder), `${process.pid} ${startOf(process.pid)}\n`);
}

export function releaseFolder(folder: string): void {
  rmSync(fileIn(folder), { force: true });
}

/** The process whose stack is up in the folder. A file that a killed one left behind does not count. */
export function processHolding(folder: string): number | undefined {
  if (!existsSync(fileIn(folder))) return undefined;
  const [pid, start] = readFileSync(fileIn(folder), "utf8").trim().split(" ");
  const isAlive = alive(Number(pid)) && startOf(Number(pid)) === start;
  return isAlive ? Number(pid) : undefined;
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Dead, and only not yet collected by its parent.
  return linuxStat(pid)?.[0] !== "Z";
}

/** Tells a process from a later one with the same number; only Linux says it cheaply. */
function startOf(pid: number): string {
  return linuxStat(pid)?.[19] ?? "-";
}

/** The fields of proc(5) from the state on. */
function linuxStat(pid: number): string[] | undefined {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) ? readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") : undefined;
}
