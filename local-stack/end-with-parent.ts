import { readFileSync } from "node:fs";

/**
 * Ends this process in order when whoever started it is gone. npm killed with SIGKILL takes neither the shell that it
 * put between itself and us nor us along, so that shell's parent is watched as well.
 */
export function endWithParent(end: () => void): void {
  const parents = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const atStart = parents();
  setInterval(() => {
    if (parents() !== atStart) end();
  }, 300).unref();
}

/** Known only where there is a /proc; elsewhere the direct parent has to do. */
function parentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1] ?? "";
  } catch {
    return "";
  }
}
