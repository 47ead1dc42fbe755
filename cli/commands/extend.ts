import type { Command } from "commander";
import { duration, examples, grantId, neededOption } from "../options.ts";
import type { Run } from "../run.ts";
import { timeLeft } from "../time-text.ts";

export function addExtend(program: Command, run: Run): void {
  const command = program
    .command("extend")
    .summary("move the end of an active grant")
    .description(
      "Move the end of an active grant, as far as its rule allows. Where the rule wants approval, an approver does it.",
    )
    .argument("<id>", "grant id", grantId);
  neededOption(command, "--by <duration>", "how much longer: 30s, 30m, 2h", duration);
  command.action(
    run(async ({ api, now }, self) => {
      const { by } = self.opts<{ by: number }>();
      const grant = await api.extend(self.processedArgs[0], by);
      return { data: grant, text: `extended ${grant.id}: ${timeLeft(grant.expiresAt ?? "", now())} left` };
    }),
  );
  examples(command, ["dblease extend 7k2m9q4x1c0z --by 30m", "dblease extend 7k2m9q4x1c0z --by 2h --json"]);
}
