import type { Command } from "commander";
import { DbleaseError } from "../src/errors.ts";
import type { Context } from "./context.ts";
import { type ExitCode, exitCode, exitCodeOf } from "./exit-code.ts";
import { Failure } from "./failure.ts";
import type { Outcome } from "./outcome.ts";
import { printable } from "./printable.ts";
import type { Output } from "./terminal.ts";

/** A command's work. Arguments and options are read from `command`, as commander parsed them. */
export type Action = (context: Context, command: Command) => Promise<Outcome>;

/** Gives commander something to call, and keeps every way of printing and failing in this one file. */
export type Run = (action: Action) => (this: Command) => Promise<void>;

function asFailure(error: unknown, interrupted: boolean): { code: string; message: string; next: string } {
  if (error instanceof Failure || error instanceof DbleaseError) return error;
  if (interrupted) {
    return new Failure(
      "INTERRUPTED",
      "stopped before the API answered",
      "dblease grants shows what became of it",
    );
  }
  // A mistake of ours: the sentence is all that a user can pass on, a stack says more in a report.
  const text = error instanceof Error ? error.message : String(error);
  const next = "run it again; should it stay, report it with the output of dblease doctor";
  return { code: "UNEXPECTED", message: `dblease itself failed: ${text}`, next };
}

/** Writes an error in the asked form: the sentence and its next step, or the envelope. */
export function reportFailure(
  failure: { code: string; message: string; next: string },
  json: boolean,
  data: Output,
  words: Output,
): ExitCode {
  const { code, message, next } = failure;
  if (json) data.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
  // An approver's reason may stand in the sentence.
  else
    words.write(
      `${words.style("red", "error:")} ${printable(message)}\n${words.style("bold", "next:")}  ${printable(next)}\n`,
    );
  return exitCodeOf(code);
}

/** `leave` hears the exit code; nothing ends the process while output is still on its way. */
export function runner(makeContext: (json: boolean) => Context, leave: (code: ExitCode) => void): Run {
  return (action) =>
    async function (this: Command) {
      const context = makeContext(this.optsWithGlobals().json === true);
      const { json, data, words, signal } = context;
      try {
        const outcome = await action(context, this);
        if (json) data.write(`${JSON.stringify({ data: outcome.data })}\n`);
        else if (outcome.text !== "") data.write(`${outcome.text}\n`);
        if (outcome.words) words.write(`${outcome.words}\n`);
        await outcome.goesOn?.();
        leave(outcome.exit ?? exitCode.ok);
      } catch (error) {
        leave(reportFailure(asFailure(error, signal.aborted), json, data, words));
      }
    };
}
