/** The command line. It parses, gives each command what it may use, and turns the end into an exit code. */
import { CommanderError } from "commander";
import { api } from "./api.ts";
import type { Context } from "./context.ts";
import { type ExitCode, exitCode } from "./exit-code.ts";
import { passwordStore } from "./password-store.ts";
import { buildProgram } from "./program.ts";
import { reportFailure, runner } from "./run.ts";
import { signedSend } from "./send.ts";
import { output } from "./terminal.ts";
import { usageFailure } from "./usage-failure.ts";

const env = process.env;
const data = output(process.stdout, env);
const words = output(process.stderr, env);

// Whoever closes the pipe (`dblease grants | head -1`) has read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(exitCode.ok);
});

// The first Ctrl-C ends the wait in good order; a second one ends the process.
const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());

function leave(code: ExitCode): void {
  process.exitCode = code;
}

function makeContext(json: boolean): Context {
  const passwords = passwordStore(env);
  const send = signedSend(env, interrupt.signal);
  return {
    api: api(send, passwords.tidy),
    passwords,
    data,
    words,
    json,
    env,
    now: () => new Date(),
    signal: interrupt.signal,
  };
}

const argv = process.argv.slice(2);
const program = buildProgram(runner(makeContext, leave), data);
try {
  // `dblease` alone, with or without --json, shows what I hold now.
  const alone = argv.every((word) => word === "--json");
  await program.parseAsync(alone ? ["held", ...argv] : argv, { from: "user" });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode !== 0) {
    leave(reportFailure(usageFailure(error, program, argv), argv.includes("--json"), data, words));
  }
}
