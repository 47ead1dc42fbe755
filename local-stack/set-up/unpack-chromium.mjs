import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inCheckout, say } from "./checkout.mjs";
import { runProgram, startProblem } from "./run-program.mjs";
import { unpackPackages } from "./unpack-packages.mjs";

/** Debian's Chromium without a window. */
const chromium = "chromium-headless-shell";

/**
 * Chromium for the tests of the page, from Debian's package, unpacked under .local/ with those of its libraries that
 * this machine has not, and never installed.
 * @returns {Promise<string | undefined>} why this machine has none, in one line
 */
export async function unpackChromium() {
  const folder = inCheckout(".local/chromium");
  const program = join(folder, "usr/lib/chromium", chromium);
  if (existsSync(program)) return undefined;
  say("fetching Chromium, about thirty seconds");
  rmSync(folder, { recursive: true, force: true });
  const libraries = join(folder, "usr/lib/x86_64-linux-gnu");
  const problem =
    (await unpackPackages(
      folder,
      (await missingPackages()).map((it) => [it]),
    )) ?? (await startProblem(program, `${libraries}:${join(libraries, "pulseaudio")}`));
  if (problem !== undefined) rmSync(folder, { recursive: true, force: true });
  return problem;
}

/** What apt would install on this machine; where it does not know yet, the package itself, so that it is looked for. */
async function missingPackages() {
  const words = ["install", "--simulate", "--no-install-recommends", chromium];
  let planned = await runProgram("apt-get", words);
  if (!planned.succeeded) {
    await runProgram("apt-get", ["update"]);
    planned = await runProgram("apt-get", words);
  }
  const names = [...planned.output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? "");
  return names.length > 0 ? names : [chromium];
}
