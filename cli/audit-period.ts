import { type Command, Option } from "commander";
import type { AuditPeriod } from "./api.ts";
import { Failure } from "./failure.ts";
import { pastInstant } from "./past-instant.ts";

const instant = (text: string) => pastInstant(text);

/** `--between` and `--and`; absent: what the question says. */
export function periodOptions(command: Command): Command {
  return command
    .addOption(new Option("--between <time>", "from then on").argParser(instant))
    .addOption(new Option("--and <time>", "until then; else until now").argParser(instant));
}

function wrongPeriod(sentence: string): Failure {
  return new Failure("USAGE", sentence, "write --between 2026-11-01 --and 2026-11-30");
}

/** The period as typed. @param days how far it goes back where nothing is said. */
export function periodOf(command: Command, now: Date, days: number): AuditPeriod {
  const { between, and, page } = command.opts<{ between?: string; and?: string; page?: string }>();
  if (between === undefined && and !== undefined)
    throw wrongPeriod("--and says until when; --between is missing");
  const to = and ?? now.toISOString();
  const from = between ?? new Date(Date.parse(to) - days * 86_400_000).toISOString();
  if (from > to) throw wrongPeriod("--between is later than --and");
  return { from, to, ...(page === undefined ? {} : { page }) };
}
