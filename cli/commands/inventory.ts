import type { Command } from "commander";
import { csvText } from "../csv-text.ts";
import { Failure } from "../failure.ts";
import { inventoryRows, inventoryText } from "../inventory-text.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

export function addInventory(program: Command, run: Run): void {
  const command = program
    .command("inventory")
    .summary("every database, who may log in, how open it is (admins, auditors)")
    .description(
      "Administrators and auditors: list every database with owner, model and exposure, and everybody who may log in: why, by what, how old the password is.",
    )
    .option("--csv", "a table for spreadsheets, one row a user")
    .action(
      run(async ({ api, data, now, json }, self) => {
        const { csv } = self.opts<{ csv?: true }>();
        if (csv && json) {
          throw new Failure("USAGE", "--csv and --json exclude each other", "leave one of them out");
        }
        const databases = await api.inventory();
        const text = csv
          ? (await csvText(databases.flatMap(inventoryRows))).trimEnd()
          : databases.map((it) => inventoryText(it, data, now())).join("\n\n");
        return { data: databases, text };
      }),
    );
  examples(command, ["dblease inventory", "dblease inventory --csv > inventory.csv"]);
}
