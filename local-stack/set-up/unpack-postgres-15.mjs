import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout } from "./checkout.mjs";
import { startProblem } from "./run-program.mjs";
import { unpackPackages } from "./unpack-packages.mjs";

/**
 * PostgreSQL 15 for the tests, from Debian's package, unpacked under .local/ and never installed.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function unpackPostgres15() {
  const folder = inCheckout(".local/postgresql-15");
  const program = join(folder, "usr/lib/postgresql/15/bin/postgres");
  if (existsSync(program) || existsSync("/usr/lib/postgresql/15/bin/postgres")) return undefined;
  rmSync(folder, { recursive: true, force: true });
  const problem = (await unpackPackages(folder, [["postgresql-15"]])) ?? (await startProblem(program));
  if (problem !== undefined) rmSync(folder, { recursive: true, force: true });
  return problem;
}
