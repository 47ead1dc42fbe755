import { type Command, Option } from "commander";
import { durationText } from "../../src/duration.ts";
import { examples, neededOption } from "../options.ts";
import type { Run } from "../run.ts";
import { addPolicyCheck, addPolicySchema } from "./policy-check.ts";

export function addPolicy(program: Command, run: Run): void {
  const policy = program.command("policy").summary("what the rules say").description("What the rules say.");
  const explain = policy
    .command("explain")
    .summary("which rule decides for somebody, and why")
    .description("Administrators and auditors: which rule decides for somebody right now, and why.")
    .argument("<database>", "database of dblease.yaml")
    .argument("<role>", "role of that database")
    .option("--break-glass", "as if the glass was broken")
    .addOption(new Option("--reason <text>", "a reason to try the rule's pattern with"))
    .addOption(new Option("--ticket <ticket>", "a ticket to try the rule's pattern with"));
  neededOption(explain, "--as <person>", "person, as rules and grants name them");
  explain.action(
    run(async ({ api }, self) => {
      const [database, role] = self.processedArgs;
      const { breakGlass, ...asked } = self.opts<{ as: string; breakGlass?: true }>();
      const how: { breakGlass?: "true" } = breakGlass ? { breakGlass: "true" } : {};
      const decision = await api.explain({ ...asked, ...how, database, role });
      const limits = decision.outcome === "allowed" ? `, at most ${durationText(decision.maxSeconds)}` : "";
      return { data: decision, text: `${decision.outcome}: ${decision.because}${limits}` };
    }),
  );
  examples(explain, [
    "dblease policy explain orders read-only --as rita",
    'dblease policy explain orders read-write --as rita --reason "why?" --ticket OPS-1 --json',
  ]);
  addPolicyCheck(policy, run);
  addPolicySchema(policy, run);
}
