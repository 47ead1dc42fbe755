import { type Command, InvalidArgumentError, Option } from "commander";
import { durationSeconds } from "../src/duration.ts";
import { grantIdPattern } from "../src/grant.ts";

/** A duration of the command line in seconds. */
export function duration(text: string): number {
  try {
    return durationSeconds(text);
  } catch {
    throw new InvalidArgumentError("Write a number and a unit: 30s, 30m, 2h or 1d.");
  }
}

/** A grant id as typed; people copy ids from places that change their case. */
export function grantId(text: string): string {
  const id = text.toLowerCase();
  if (grantIdPattern.test(id)) return id;
  throw new InvalidArgumentError(
    "A grant id is 12 characters long, for example 7k2m9q4x1c0z; dblease grants lists yours.",
  );
}

/** A whole number from zero, five digits at most. */
export function wholeNumber(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number.");
}

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("A port is at most 65535.");
}

/** How long a command waits before it leaves the rest to itself. */
export function timeoutOption(): Option {
  return new Option("--timeout <duration>", "wait at most this long").argParser(duration).default(600, "10m");
}

/**
 * An option that must be given. Commander's own requiredOption speaks up before it looks at unknown options, so
 * `--rol x` would be answered by "--role is missing" instead of the suggestion.
 */
export function neededOption<T>(
  command: Command,
  flags: string,
  description: string,
  parse?: (text: string) => T,
): void {
  const option = new Option(flags, description);
  if (parse) option.argParser(parse);
  command.addOption(option).hook("preAction", (self) => {
    if (self.getOptionValue(option.attributeName()) === undefined) {
      self.error(`error: required option '${flags}' not specified`, { exitCode: 1 });
    }
  });
}

/** Two real command lines under a command's help. */
export function examples(command: Command, lines: readonly [string, string]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
