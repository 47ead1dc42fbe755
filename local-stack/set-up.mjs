// Everything a command of this checkout needs beyond what git holds. Runs before demo, local, test, check and synth,
// on whatever Node (20 or newer) and Python (3.10 or newer) the machine has; what is there already is skipped.
// --test: also the servers, the grammars and the browser that only tests need. --with mariadb,mysql: these, or an error.
// Its words go to stderr: the command that follows owns stdout.
import { parseArgs } from "node:util";
import { buildCommand } from "./set-up/build-command.mjs";
import { fetchBrowser } from "./set-up/fetch-browser.mjs";
import { fetchGrammars } from "./set-up/fetch-grammars.mjs";
import { fetchServers } from "./set-up/fetch-servers.mjs";
import { installNodeModules } from "./set-up/install-node-modules.mjs";
import { installPythonPackages } from "./set-up/install-python-packages.mjs";

const { values } = parseArgs({
  options: { check: { type: "boolean" }, test: { type: "boolean" }, with: { type: "string" } },
});

try {
  await Promise.all([
    installNodeModules().then(buildCommand),
    installPythonPackages("python", "requirements.txt"),
    values.check ? installPythonPackages("python-check", "requirements-check.txt") : undefined,
    values.test ? fetchGrammars() : undefined,
    fetchServers({ forTests: values.test ?? false, wanted: values.with?.split(",") ?? [] }).then(() =>
      values.test ? fetchBrowser() : undefined,
    ),
  ]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
