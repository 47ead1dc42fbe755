import type { Command } from "commander";
import { grantTable } from "../grant-table.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

export function addGrants(program: Command, run: Run): void {
  const command = program
    .command("grants")
    .summary("list my grants, or those I may approve")
    .description("List your grants, newest first, or those that wait for your approval.")
    .option("--to-approve", "those that wait for my approval")
    .action(
      run(async ({ api, data, now }, self) => {
        const { toApprove = false } = self.opts<{ toApprove?: true }>();
        const grants = await api.grants({ toApprove });
        if (grants.length > 0) return { data: grants, text: grantTable(grants, data, now()) };
        const words = toApprove
          ? "Nothing waits for your approval."
          : "No grants yet. dblease databases shows what you may ask for.";
        return { data: grants, text: "", words };
      }),
    );
  examples(command, ["dblease grants", "dblease grants --to-approve --json"]);
}
