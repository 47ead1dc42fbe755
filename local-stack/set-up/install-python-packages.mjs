import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash, inCheckout, say } from "./checkout.mjs";
import { downloadFailure, runProgram } from "./run-program.mjs";

/**
 * A virtual environment under .local/ with exactly the packages of a hash-pinned file.
 * @param {string} name
 * @param {string} requirements
 */
export async function installPythonPackages(name, requirements) {
  const folder = inCheckout(`.local/${name}`);
  const stamp = join(folder, "installed");
  const wanted = contentHash(`local-stack/${requirements}`);
  const python = join(folder, "bin", "python");
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  const base = await findPython();
  say(`fetching the Python packages of ${requirements}, about ten seconds`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(inCheckout(".local"), { recursive: true });
  const made = await runProgram(base, ["-m", "venv", folder]);
  if (!made.succeeded) throw new Error(`${made.output.trim()}\n${venvMissing}`);
  const installed = await runProgram(python, [
    ...["-m", "pip", "install", "--require-hashes", "--disable-pip-version-check", "--no-input", "--quiet"],
    ...["--requirement", inCheckout(`local-stack/${requirements}`)],
  ]);
  if (!installed.succeeded) throw downloadFailure("the Python packages", installed.output);
  // Last, so that a set-up that was broken off is begun again.
  writeFileSync(stamp, wanted);
}

const venvMissing =
  "Python cannot make a virtual environment. Next: install its venv module (Debian and Ubuntu: apt-get install python3-venv), then run the same command again.";

async function findPython() {
  const test = "import sys; sys.exit(0 if sys.version_info >= (3, 10) else 1)";
  for (const name of [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python",
  ]) {
    if (!(await runProgram(name, ["-c", test])).succeeded) continue;
    if ((await runProgram(name, ["-c", "import venv, ensurepip"])).succeeded) return name;
    throw new Error(venvMissing);
  }
  throw new Error(
    "There is no Python 3.10 or newer, which the local AWS emulator needs. Next: install Python 3 (python.org, or apt-get install python3 python3-venv), then run the same command again.",
  );
}
