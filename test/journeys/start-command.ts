import { spawn } from "node:child_process";

/** The command line as a person has it, while it runs. */
export function startCommand(env: NodeJS.ProcessEnv, ...words: string[]) {
  const child = spawn("node", ["dist/dblease.mjs", ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, code, stdout: () => stdout, stderr: () => stderr };
}
