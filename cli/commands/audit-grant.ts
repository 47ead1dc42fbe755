import type { Command } from "commander";
import { answerOutcome, pageOption } from "../audit-outcome.ts";
import { momentList, sessionList } from "../audit-text.ts";
import { grantText } from "../grant-text.ts";
import { examples, grantId } from "../options.ts";
import type { Run } from "../run.ts";

export function addAuditGrant(audit: Command, run: Run): void {
  const command = audit
    .command("grant")
    .summary("everything that happened to one grant")
    .description(
      "Show one grant from request to receipt: who, by which rule, who approved, tokens, sessions, proof.",
    )
    .argument("<id>", "grant id", grantId)
    .addOption(pageOption())
    .action(
      run(async ({ api, data, now }, self) => {
        const answer = await api.auditGrant(self.processedArgs[0], self.opts<{ page?: string }>().page);
        const sessions = sessionList(answer.sessions, now()).map((it) => `  session ${it}`);
        const parts = [
          grantText(answer.grant, data, now()),
          momentList(answer.moments, data, now()),
          sessions.join("\n"),
        ];
        return answerOutcome(answer, parts.join("\n\n"), self);
      }),
    );
  examples(command, ["dblease audit grant 7k2m9q4x1c0z", "dblease audit grant 7k2m9q4x1c0z --json"]);
}
