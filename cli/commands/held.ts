import type { Command } from "commander";
import { connectText } from "../connect-text.ts";
import type { Run } from "../run.ts";

/** `dblease` alone: what I hold now. */
export function addHeld(program: Command, run: Run): void {
  program
    .command("held", { hidden: true })
    .description("Show what you hold now and how to connect; the same as dblease alone.")
    .action(
      run(async ({ api, data, now }) => {
        const grants = await api.grants("mine");
        const held = grants.filter((grant) => grant.status === "active");
        const waiting = grants.filter((grant) => grant.status === "requested").length;
        const notes: string[] = [];
        if (held.length === 0)
          notes.push("You hold no access now. dblease databases shows what you may ask for.");
        if (waiting > 0)
          notes.push(
            `${waiting} of your requests ${waiting === 1 ? "waits" : "wait"} for approval: dblease grants`,
          );
        return {
          data: held,
          text: held.map((grant) => connectText(grant, data, now())).join("\n"),
          ...(notes.length > 0 ? { words: notes.join("\n") } : {}),
        };
      }),
    );
}
