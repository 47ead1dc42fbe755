import type { Command } from "commander";
import { answerOptions, answerOutcome } from "../audit-outcome.ts";
import { periodOf, periodOptions } from "../audit-period.ts";
import { momentRow } from "../audit-rows.ts";
import { momentList } from "../audit-text.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

export function addAuditPerson(audit: Command, run: Run): void {
  const command = audit
    .command("person")
    .summary("what somebody did, and what was done to them")
    .description(
      "List what somebody did with grants, policies and secrets, and what was done to them. Without --between: the last seven days.",
    )
    .argument(
      "<principal>",
      "a person of the configuration, iam-user/<name>, an Identity Center user, or an ARN",
    );
  answerOptions(periodOptions(command)).action(
    run(async ({ api, data, now }, self) => {
      const person: string = self.args[0] ?? "";
      const answer = await api.auditPerson({ person, ...periodOf(self, now(), 7) });
      const text = momentList(answer.moments, data, now());
      const nothing = `Nothing is known of ${person} in this time.`;
      return answerOutcome(answer, { text, rows: answer.moments.map(momentRow), nothing }, self);
    }),
  );
  examples(command, [
    "dblease audit person rita",
    "dblease audit person iam-user/bob --between 2026-11-01 --csv",
  ]);
}
