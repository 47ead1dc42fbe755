import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { startProblem } from "./run-program.mjs";
import { unpackPackages } from "./unpack-packages.mjs";

/**
 * MariaDB for tests and the local stack, from Debian's package (10.11 on Debian 12), unpacked under .local/ and
 * never installed.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function unpackMariadb() {
  const folder = inCheckout(".local/mariadb");
  const program = join(folder, "usr/sbin/mariadbd");
  if (existsSync(program) || existsSync("/usr/sbin/mariadbd")) return undefined;
  say("fetching MariaDB, about fifteen seconds");
  rmSync(folder, { recursive: true, force: true });
  const libraries = [["libaio1", "libaio1t64"], ["libnuma1"], ["liburing2"]];
  const problem =
    (await unpackPackages(folder, [["mariadb-server-core"], ...libraries])) ??
    (await startProblem(program, join(folder, "usr/lib/x86_64-linux-gnu")));
  if (problem !== undefined) rmSync(folder, { recursive: true, force: true });
  return problem;
}
