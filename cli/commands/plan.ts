import type { Command } from "commander";
import { examples, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

export function addPlan(program: Command, run: Run): void {
  const command = program
    .command("plan")
    .summary("the statements that a grant and its revoke would run")
    .description("Print the statements that a grant and its revoke would run. Nothing is run.")
    .argument("<database>", "one of dblease databases");
  neededOption(command, "--role <role>", "role to look at");
  command.action(
    run(async ({ api, data }, self) => {
      const plan = await api.plan(self.args[0] ?? "", self.opts<{ role: string }>().role);
      const heading = (words: string) => data.style("dim", `-- ${words}`);
      const lines = (statements: readonly string[]) =>
        statements.map((it) => (/;\s*$/.test(it) ? it : `${it};`));
      const text = [
        heading(`grant ${plan.role} on ${plan.database}`),
        ...lines(plan.grant),
        "",
        heading("revoke"),
        ...lines(plan.revoke),
      ].join("\n");
      return { data: plan, text };
    }),
  );
  examples(command, ["dblease plan orders --role read-only", "dblease plan orders --role read-write --json"]);
}
