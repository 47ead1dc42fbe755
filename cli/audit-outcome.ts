import { type Command, Option } from "commander";
import type { Answer } from "../src/views.ts";
import type { Outcome } from "./outcome.ts";

export function pageOption(): Option {
  return new Option("--page <page>", "go on where an answer ended; the answer says how");
}

/** An answer for people: the text on stdout; that there is more, and what it can not know, on stderr. */
export function answerOutcome(answer: Answer, text: string, command: Command): Outcome {
  const limits = answer.unknown.map((it) => `Not known: ${it}`);
  const more =
    answer.next === undefined
      ? []
      : [`There is more: the same ${command.name()} with --page '${answer.next}'`];
  return { data: answer, text, words: [...more, ...limits].join("\n") };
}
