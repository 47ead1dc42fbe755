import { spawn } from "node:child_process";

/**
 * Runs a program without a terminal and gathers all that it says, which only matters when it fails.
 * @param {string} program
 * @param {string[]} words
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ succeeded: boolean, output: string }>}
 */
export function runProgram(program, words, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], env });
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
 * Why a program does not even say its version, in one line; undefined: it does.
 * @param {string} program
 * @param {string} [libraries] folder of the libraries that were brought for it
 */
export async function startProblem(program, libraries) {
  const env = libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
  const { succeeded, output } = await runProgram(program, ["--version"], env);
  return succeeded ? undefined : output.trim().split("\n")[0] || "it does not start";
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
