import { type Command, Option } from "commander";
import type { AuditPeriod } from "../api.ts";
import { answerOptions, answerOutcome } from "../audit-outcome.ts";
import { periodOf, periodOptions } from "../audit-period.ts";
import { heldRow } from "../audit-rows.ts";
import { heldText } from "../audit-text.ts";
import { examples, neededOption } from "../options.ts";
import { pastInstant } from "../past-instant.ts";
import type { Run } from "../run.ts";

/** `--at`, or a period; nothing said means now. */
function askedPeriod(command: Command, now: Date): AuditPeriod {
  const { at, between, and, page } =
    command.opts<Partial<Record<"at" | "between" | "and" | "page", string>>>();
  if (between !== undefined || and !== undefined) return periodOf(command, now, 0);
  const instant = at ?? now.toISOString();
  return { from: instant, to: instant, ...(page === undefined ? {} : { page }) };
}

export function addAuditWho(audit: Command, run: Run): void {
  const command = audit
    .command("who")
    .summary("who had access to a database")
    .description(
      "Say who had access to a database at a time or in a period, why, who approved, and how it ended.",
    );
  neededOption(command, "--database <database>", "one of dblease databases");
  command.addOption(
    new Option("--at <time>", "at this time; else now")
      .argParser((text) => pastInstant(text))
      .conflicts(["between", "and"]),
  );
  answerOptions(periodOptions(command)).action(
    run(async ({ api, data, now }, self) => {
      const { database } = self.opts<{ database: string }>();
      const answer = await api.auditWho({ database, ...askedPeriod(self, now()) });
      const text = answer.held.map((it) => heldText(it, data, now())).join("\n\n");
      const nothing = `Nobody had access to ${database} by a grant.`;
      return answerOutcome(answer, { text, rows: answer.held.map(heldRow), nothing }, self);
    }),
  );
  examples(command, [
    "dblease audit who --database orders --at 2026-11-24T10:00",
    "dblease audit who --database orders --between 2026-11-01 --and 2026-11-30 --json",
  ]);
}
