import type { Command } from "commander";
import { answerOptions, answerOutcome } from "../audit-outcome.ts";
import { momentRow } from "../audit-rows.ts";
import { momentList, refusalList, sessionList } from "../audit-text.ts";
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
    .argument("<id>", "grant id", grantId);
  answerOptions(command).action(
    run(async ({ api, data, now }, self) => {
      const answer = await api.auditGrant(self.processedArgs[0], self.opts<{ page?: string }>().page);
      const parts = [
        grantText(answer.grant, data, now()),
        momentList(answer.moments, data, now()),
        sessionList(answer.sessions, now()).join("\n"),
        ...refusalList(answer.refusals, now()),
      ];
      const rows = answer.moments.map(momentRow);
      return answerOutcome(answer, { text: parts.join("\n\n"), rows, nothing: "" }, self);
    }),
  );
  examples(command, ["dblease audit grant 7k2m9q4x1c0z", "dblease audit grant 7k2m9q4x1c0z --json"]);
}
