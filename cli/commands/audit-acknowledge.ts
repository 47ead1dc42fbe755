import type { Command } from "commander";
import { endInstant } from "../end-instant.ts";
import { findingText } from "../finding-text.ts";
import { examples, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

export function addAuditAcknowledge(audit: Command, run: Run): void {
  const command = audit
    .command("acknowledge")
    .summary("leave a finding as it is, until a date (admins)")
    .description(
      "Administrators: keep a finding out of the list until a date. It comes back then, and before if it gets worse.",
    )
    .argument("<finding>", "id of the finding, as dblease audit findings shows it");
  neededOption(command, "--reason <text>", "why it may stay; auditors read it");
  neededOption(command, "--until <time>", "the last moment, within a year", endInstant);
  command.action(
    run(async ({ api, data, now }, self) => {
      const { reason, until } = self.opts<{ reason: string; until: string }>();
      const finding = await api.acknowledge(self.processedArgs[0], reason, until);
      return { data: finding, text: findingText(finding, data, now()) };
    }),
  );
  examples(command, [
    'dblease audit acknowledge "*/policy/role/admin" --reason "break-glass role, SEC-17" --until 2027-01-31',
    'dblease audit acknowledge orders/unexplained_user/reporting --reason "moves in March" --until 2027-03-31',
  ]);
}
