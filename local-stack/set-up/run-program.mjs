import { spawn } from "node:child_process";

/**
 * Runs a program without a terminal and gathers all that it says, which only matters when it fails.
 * @param {string} program
 * @param {string[]} words
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
export function runProgram(program, words) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.once("error", (error) => resolve({ succeeded: false, output: error.message }));
    child.once("close", (code) => resolve({ succeeded: code === 0, output }));
  });
}

/**
 * The one sentence for a failed download, or what the program said where the network is not to blame.
 * @param {string} what
 * @param {string} output
 */
export function downloadFailure(what, output) {
  const unreachable =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|NewConnectionError|NameResolutionError|ConnectTimeout|Max retries exceeded/;
  return unreachable.test(output)
    ? new Error(`There is no network to fetch ${what} from. Next: connect, then run the same command again.`)
    : new Error(
        `${output.trim()}\nFetching ${what} failed. Next: mend what is said above, then run the same command again.`,
      );
}
