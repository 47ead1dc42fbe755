import type { Command } from "commander";
import { answerOptions, answerOutcome } from "../audit-outcome.ts";
import { periodOf, periodOptions } from "../audit-period.ts";
import { passwordRow } from "../audit-rows.ts";
import { passwordText } from "../audit-text.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

export function addAuditPasswords(audit: Command, run: Run): void {
  const command = audit
    .command("passwords")
    .summary("how old managed passwords are, and who read them")
    .description(
      "List every managed password with its age, its last rotation and who read it. Without --between: the last seven days.",
    );
  answerOptions(periodOptions(command)).action(
    run(async ({ api, data, now }, self) => {
      const answer = await api.auditPasswords(periodOf(self, now(), 7));
      const text = answer.passwords.map((it) => passwordText(it, data, now())).join("\n");
      const nothing = "There is no managed password: neither rotations: nor adminSecret: in dblease.yaml.";
      return answerOutcome(answer, { text, rows: answer.passwords.map(passwordRow), nothing }, self);
    }),
  );
  examples(command, ["dblease audit passwords", "dblease audit passwords --between 2026-11-01 --csv"]);
}
