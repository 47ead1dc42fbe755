import { execFileSync } from "node:child_process";

/** Major and minor version that a MySQL or MariaDB program says of itself, such as `10.11`. */
export function serverVersion(program: string, libraries: string): string {
  const env = { ...process.env, LD_LIBRARY_PATH: libraries };
  const words = execFileSync(program, ["--version"], { env, encoding: "utf8" });
  return /Ver (\d+\.\d+)/.exec(words)?.[1] ?? "of an unknown version";
}
