import type { Command } from "commander";
import { examples, grantId, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

export function addReview(program: Command, run: Run): void {
  const command = program
    .command("review")
    .summary("say what you found about a broken glass of somebody else")
    .description(
      "Review an emergency access of somebody else afterwards; until then its reviewers are reminded daily.",
    )
    .argument("<id>", "grant id", grantId);
  neededOption(command, "--reason <text>", "what you found; auditors read it");
  command.action(
    run(async ({ api }, self) => {
      const grant = await api.review(self.processedArgs[0], self.opts<{ reason: string }>().reason);
      return {
        data: grant,
        text: `reviewed ${grant.id}: ${grant.role} on ${grant.database} for ${grant.requester}`,
      };
    }),
  );
  examples(command, [
    'dblease review 7k2m9q4x1c0z --reason "INC-88: restart of the worker, agreed afterwards"',
    'dblease review 7k2m9q4x1c0z --reason "ok" --json',
  ]);
}
