import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program.mjs";

/**
 * Debian packages, unpacked into a folder and never installed.
 * @param {string} folder
 * @param {string[][]} packages for each, the names under which distributions have it
 * @returns {Promise<string | undefined>} what went wrong, in one line
 */
export async function unpackPackages(folder, packages) {
  mkdirSync(folder, { recursive: true });
  let updated = false;
  // All at once where the first names are the right ones: apt-get reads its lists at each start.
  const firstNames = packages.map(([name]) => name ?? "");
  const remaining = (await download(folder, firstNames)) ? [] : packages;
  for (const names of remaining) {
    while (!(await downloadOne(folder, names))) {
      if (updated) return `apt-get does not offer ${names[0]}`;
      // A machine that never asked for packages does not know of any yet.
      await runProgram("apt-get", ["update"]);
      updated = true;
    }
  }
  for (const deb of readdirSync(folder).filter((name) => name.endsWith(".deb"))) {
    const unpacked = await runProgram("dpkg-deb", ["-x", join(folder, deb), folder]);
    if (!unpacked.succeeded) return `dpkg-deb cannot unpack ${deb}`;
    rmSync(join(folder, deb));
  }
  return undefined;
}

/**
 * @param {string} folder
 * @param {string[]} names
 */
async function downloadOne(folder, names) {
  for (const name of names) if (await download(folder, [name])) return true;
  return false;
}

/**
 * @param {string} folder
 * @param {string[]} names
 */
async function download(folder, names) {
  const script = 'cd "$1" && shift && apt-get download "$@"';
  return (await runProgram("sh", ["-c", script, "sh", folder, ...names])).succeeded;
}
