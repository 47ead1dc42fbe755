// Everything a command of this checkout needs beyond what git holds. Runs before demo, local, test, check and synth,
// on whatever Node (20 or newer) and Python (3.10 or newer) the machine has; what is there already is skipped.
// Its words go to stderr: the command that follows owns stdout.
import { buildCommand } from "./set-up/build-command.mjs";
import { installNodeModules } from "./set-up/install-node-modules.mjs";
import { installPythonPackages } from "./set-up/install-python-packages.mjs";
import { unpackPostgres15 } from "./set-up/unpack-postgres-15.mjs";

try {
  const checking = process.argv.includes("--check");
  const testing = process.argv.includes("--test");
  await Promise.all([
    installNodeModules().then(buildCommand),
    installPythonPackages("python", "requirements.txt"),
    checking ? installPythonPackages("python-check", "requirements-check.txt") : undefined,
    testing ? unpackPostgres15() : undefined,
  ]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
