import type { Command } from "commander";
import type { Decision } from "../api.ts";
import { examples, grantId, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

function addDecision(
  program: Command,
  run: Run,
  it: {
    verb: Decision;
    done: string;
    summary: string;
    reason: "needed" | "welcome" | "none";
    examples: [string, string];
  },
): void {
  const command = program
    .command(it.verb)
    .summary(it.summary.charAt(0).toLowerCase() + it.summary.slice(1, -1))
    .description(it.summary)
    .argument("<id>", "grant id", grantId);
  if (it.reason === "needed")
    neededOption(command, "--reason <text>", "why; the requester and auditors read it");
  if (it.reason === "welcome") command.option("--reason <text>", "why; the requester and auditors read it");
  command.action(
    run(async ({ api }, self) => {
      const { reason } = self.opts<{ reason?: string }>();
      const grant = await api.decide(self.processedArgs[0], it.verb, reason);
      return {
        data: grant,
        text: `${it.done} ${grant.id}: ${grant.role} on ${grant.database} for ${grant.requester}`,
      };
    }),
  );
  examples(command, it.examples);
}

/** The three ways to decide on a request: an approver's yes or no, and the requester's own withdrawal. */
export function addDecisions(program: Command, run: Run): void {
  addDecision(program, run, {
    verb: "approve",
    done: "approved",
    summary: "Say yes to a request of somebody else.",
    reason: "welcome",
    examples: ["dblease approve 7k2m9q4x1c0z", 'dblease approve 7k2m9q4x1c0z --reason "agreed on the phone"'],
  });
  addDecision(program, run, {
    verb: "deny",
    done: "denied",
    summary: "Say no to a request, with the reason.",
    reason: "needed",
    examples: [
      'dblease deny 7k2m9q4x1c0z --reason "use the replica"',
      'dblease deny 7k2m9q4x1c0z --reason "ask for read-only" --json',
    ],
  });
  addDecision(program, run, {
    verb: "cancel",
    done: "cancelled",
    summary: "Withdraw a request of yours that is not active yet.",
    reason: "none",
    examples: ["dblease cancel 7k2m9q4x1c0z", "dblease cancel 7k2m9q4x1c0z --json"],
  });
}
