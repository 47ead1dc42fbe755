import { existsSync, readFileSync } from "node:fs";
import { inCheckout, say } from "./checkout.mjs";
import { downloadFailure, runProgram } from "./run-program.mjs";

/** Makes node_modules what package-lock.json says, and checks the Node that it brings. */
export async function installNodeModules() {
  if (!upToDate()) {
    say("fetching the npm packages (npm ci), about half a minute");
    const { succeeded, output } = await npmCi();
    if (!succeeded) throw downloadFailure("the npm packages", output);
  }
  const { succeeded, output } = await runProgram(inCheckout("node_modules/.bin/node"), ["-v"]);
  if (succeeded && output.startsWith("v24.")) return;
  throw new Error(
    `node_modules/.bin/node is not Node 24 (npm did not let the package "node" fetch it). Next: run npm rebuild node, then the same command again.`,
  );
}

/** npm writes its own copy of the lock file into node_modules when it has finished, and not before. */
function upToDate() {
  const installedFile = inCheckout("node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(inCheckout("package-lock.json"));
  const installed = packagesOf(installedFile);
  const missing = Object.entries(wanted).some(
    ([path, it]) => path !== "" && !it.optional && !installed[path],
  );
  const other = Object.entries(installed).some(([path, it]) => wanted[path]?.integrity !== it.integrity);
  return !missing && !other;
}

/**
 * @param {string} file
 * @returns {Record<string, { integrity?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

/** With the npm and the Node that run us, because the Node in node_modules is about to be replaced. */
function npmCi() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const words = [
    "ci",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--prefix",
    inCheckout("."),
  ];
  const patience = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"];
  return npm && node
    ? runProgram(node, [npm, ...words, ...patience])
    : runProgram("npm", [...words, ...patience]);
}
