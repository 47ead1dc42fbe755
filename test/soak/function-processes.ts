import { readdirSync, readFileSync } from "node:fs";

interface Process {
  pid: number;
  parent: number;
  command: string;
}

function allProcesses(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // The program's own name stands in brackets and may hold anything.
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return { pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, "utf8") };
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** The processes of functions that run now, in emulators that this very process has started; nobody else's. */
export function functionProcesses(): number[] {
  const all = allProcesses();
  const below = (pid: number): Process[] =>
    all.filter((it) => it.parent === pid).flatMap((it) => [it, ...below(it.pid)]);
  return below(process.pid)
    .filter(({ command }) => command.includes("emulator.py"))
    .flatMap(({ pid }) => below(pid))
    .filter(({ command }) => /^[^\0]*node\0/.test(command))
    .map(({ pid }) => pid);
}
