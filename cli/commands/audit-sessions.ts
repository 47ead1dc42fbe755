import type { Command } from "commander";
import { answerOptions, answerOutcome } from "../audit-outcome.ts";
import { periodOf, periodOptions } from "../audit-period.ts";
import { sessionRow } from "../audit-rows.ts";
import { sessionTable } from "../audit-text.ts";
import { examples, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

export function addAuditSessions(audit: Command, run: Run): void {
  const command = audit
    .command("sessions")
    .summary("which sessions a database had from grants")
    .description("List the sessions that came from grants: who, from where, with what, and how they ended.");
  neededOption(command, "--database <database>", "one of dblease databases");
  answerOptions(periodOptions(command)).action(
    run(async ({ api, data, now }, self) => {
      const { database } = self.opts<{ database: string }>();
      const answer = await api.auditSessions({ database, ...periodOf(self, now(), 1) });
      const { sessions } = answer;
      const text = sessions.length > 0 ? sessionTable(sessions, data, now()) : "";
      const nothing = `No session of a grant is known on ${database} in this time.`;
      return answerOutcome(answer, { text, rows: sessions.map(sessionRow), nothing }, self);
    }),
  );
  examples(command, [
    "dblease audit sessions --database orders",
    "dblease audit sessions --database orders --between 2026-11-24 --and 2026-11-25 --csv",
  ]);
}
