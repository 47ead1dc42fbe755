import type { Command } from "commander";
import { isOpen } from "../../src/grant.ts";
import { isClean } from "../../src/receipt.ts";
import type { GrantView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { exitCode } from "../exit-code.ts";
import { examples, grantId, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { printable } from "../printable.ts";
import { receiptText } from "../receipt-text.ts";
import type { Run } from "../run.ts";
import { resumeCommand, waitFor } from "../wait.ts";

function troubled(grant: GrantView): boolean {
  return grant.status === "quarantined" || grant.status === "revoke_failed";
}

function revokeOutcome(grant: GrantView, { data, now }: Context): Outcome {
  const { id, receipt, status } = grant;
  const proof = receipt ? receiptText(receipt, grant.database, data, now()) : "";
  if (!isOpen(status) && (!receipt || isClean(receipt))) {
    return { data: grant, text: proof || `${id} is ${status}; the database was never touched` };
  }
  if (status === "revoke_failed") {
    const why = grant.failure ? `: ${printable(grant.failure.message)}` : "";
    const words = `error: the revoke of ${id} is not proved yet${why}\nnext:  dblease tries again by itself; follow it with ${resumeCommand(id)}`;
    return { data: grant, text: proof, words, exit: exitCode.failed };
  }
  if (troubled(grant) || (receipt && !isClean(receipt))) {
    const words = `error: ${id} left something behind; nobody can log in with it\nnext:  run the statements above, then dblease revoke ${id}`;
    return { data: grant, text: proof, words, exit: exitCode.failed };
  }
  const words = `The revoke goes on by itself. Follow it with: ${resumeCommand(id)}`;
  return { data: grant, text: `${id}  ${status}`, words, exit: exitCode.pending };
}

async function revoke(
  context: Context,
  id: string,
  options: { reason?: string; wait: boolean; timeout: number },
): Promise<Outcome> {
  const first = await context.api.decide(id, "revoke", options.reason);
  if (!options.wait) return revokeOutcome(first, context);
  const last = await waitFor(context, first, {
    // A grant that is in trouble already stays so until the next attempt begins, which raises its version.
    settled: (it) => !isOpen(it.status) || (troubled(it) && it.version > first.version),
    timeoutSeconds: options.timeout,
    whenInterrupted: `stopped waiting; the revoke of ${id} goes on by itself`,
  });
  return revokeOutcome(last, context);
}

export function addRevoke(program: Command, run: Run): void {
  const command = program
    .command("revoke")
    .summary("end a grant now and print the receipt")
    .description(
      "End a grant now: give back your own, or as an administrator take any. Prints the receipt, the database's own answer.",
    )
    .argument("<id>", "grant id", grantId)
    .option("--reason <text>", "why; auditors read it")
    .option("--no-wait", "return at once; exit code 5 while the revoke runs")
    .addOption(timeoutOption())
    .action(run((context, self) => revoke(context, self.processedArgs[0], self.opts())));
  examples(command, [
    "dblease revoke 7k2m9q4x1c0z",
    'dblease revoke 7k2m9q4x1c0z --reason "found the cause" --json',
  ]);
}
