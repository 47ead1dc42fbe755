import type { Command, CommanderError } from "commander";
import { Failure } from "./failure.ts";

/** The command that the person meant to use, as far as the words lead to one. */
function meantCommand(program: Command, argv: readonly string[]): string {
  let command = program;
  let path = program.name();
  for (const word of argv) {
    const next = command.commands.find((it) => it.name() === word);
    if (!next) continue;
    command = next;
    path += ` ${word}`;
  }
  return path;
}

/** Commander's complaint as a sentence, its suggestion kept, and the help to read next. */
export function usageFailure(error: CommanderError, program: Command, argv: readonly string[]): Failure {
  const sentence = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return new Failure("USAGE", sentence, `${meantCommand(program, argv)} --help`);
}
