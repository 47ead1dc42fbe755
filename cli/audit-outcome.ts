import { type Command, Option } from "commander";
import type { Answer } from "../src/views.ts";
import { type CsvRow, csvText } from "./csv-text.ts";
import { Failure } from "./failure.ts";
import type { Outcome } from "./outcome.ts";

/** What every question takes. */
export function answerOptions(command: Command): Command {
  return command
    .option("--csv", "a table for spreadsheets, with a heading")
    .addOption(new Option("--page <page>", "go on where an answer ended; the answer says how"));
}

/** An answer for people: the text on stdout; that there is more, and what it can not know, on stderr. */
export async function answerOutcome(
  answer: Answer,
  forms: { text: string; rows: readonly CsvRow[]; nothing: string },
  command: Command,
): Promise<Outcome> {
  const { csv, json } = command.optsWithGlobals<{ csv?: true; json?: true }>();
  if (csv && json) throw new Failure("USAGE", "--csv and --json exclude each other", "leave one of them out");
  const limits = answer.unknown.map((it) => `Not known: ${it}`);
  const more = answer.next === undefined ? [] : [`There is more: the same with --page '${answer.next}'`];
  const none = forms.text === "" ? [forms.nothing] : [];
  const text = csv && forms.rows.length > 0 ? (await csvText(forms.rows)).trimEnd() : forms.text;
  return { data: answer, text, words: [...none, ...more, ...limits].join("\n") };
}
