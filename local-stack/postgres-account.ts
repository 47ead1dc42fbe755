import { execFileSync } from "node:child_process";
import { chownSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** The system account that runs PostgreSQL, which refuses to run as root. Undefined: whoever runs us. */
export interface PostgresAccount {
  uid: number;
  gid: number;
}

/** Nobody will do where nobody is called postgres: no account is ever made on the machine. */
export function postgresAccount(): PostgresAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const fields = accounts.find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and there is no user postgres or nobody. Next: run the command as an ordinary user.",
  );
}

export function giveTo(account: PostgresAccount | undefined, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}

/**
 * How to start a program as that account: with spawn's own uid and gid, or, where a folder on the way is closed
 * to everybody but root (/root, mktemp -d), through setpriv, which lends the right to walk through it.
 */
export function runAs(
  account: PostgresAccount | undefined,
  paths: readonly string[],
): { prefix: string[]; uid?: number; gid?: number } {
  if (!account) return { prefix: [] };
  if (paths.every(openToEverybody)) return { prefix: [], ...account };
  const prefix = [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  try {
    execFileSync(prefix[0] ?? "", [...prefix.slice(1), "true"], { stdio: "ignore" });
  } catch {
    throw new Error(
      "PostgreSQL does not run as root, and another user cannot reach this folder. Next: move the checkout to a folder that every user can enter, such as /srv, or run the command as an ordinary user.",
    );
  }
  return { prefix };
}

function openToEverybody(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
