import { type Command, Option } from "commander";
import { grantTable } from "../grant-table.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

export function addGrants(program: Command, run: Run): void {
  const command = program
    .command("grants")
    .summary("list my grants, or those that wait for me")
    .description("List your grants, newest first, or those that wait for your approval or review.")
    .addOption(new Option("--to-approve", "those that wait for my approval").conflicts("toReview"))
    .option("--to-review", "broken glass that waits for my review")
    .action(
      run(async ({ api, data, now }, self) => {
        const { toApprove, toReview } = self.opts<{ toApprove?: true; toReview?: true }>();
        const waiting = toApprove ? "toApprove" : toReview ? "toReview" : undefined;
        const grants = await api.grants(waiting);
        if (grants.length > 0) return { data: grants, text: grantTable(grants, data, now()) };
        const words = waiting
          ? "Nothing waits for you."
          : "No grants yet. dblease databases shows what you may ask for.";
        return { data: grants, text: "", words };
      }),
    );
  examples(command, ["dblease grants", "dblease grants --to-approve --json"]);
}
