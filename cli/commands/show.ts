import type { Command } from "commander";
import type { GrantStatus } from "../../src/grant.ts";
import { connectCommand } from "../connect-text.ts";
import { exitCode } from "../exit-code.ts";
import { grantText } from "../grant-text.ts";
import { examples, grantId, timeoutOption } from "../options.ts";
import type { Run } from "../run.ts";
import { resumeCommand, waitFor } from "../wait.ts";

/** In these something is about to happen by itself or by an approver. */
const moving: readonly GrantStatus[] = ["requested", "approved", "granting", "revoking"];

export function addShow(program: Command, run: Run): void {
  const command = program
    .command("show")
    .summary("one grant: what it is, what happened, the receipt")
    .description(
      "Show one grant: what it is, what happened to it, and its receipt. --wait resumes a wait that was stopped.",
    )
    .argument("<id>", "grant id", grantId)
    .option("--wait", "until it is active or over; exit code 5 when that takes too long")
    .addOption(timeoutOption())
    .action(
      run(async (context, self) => {
        const { wait, timeout } = self.opts<{ wait?: true; timeout: number }>();
        const id: string = self.processedArgs[0];
        let grant = await context.api.grant(id);
        if (wait) {
          grant = await waitFor(context, grant, {
            settled: (it) => !moving.includes(it.status),
            timeoutSeconds: timeout,
            whenInterrupted: `stopped waiting; nothing changes for grant ${id}`,
          });
        }
        const text = grantText(grant, context.data, context.now());
        const here = grant.status === "active" && (await context.passwords.read(id)) !== undefined;
        if (here) return { data: grant, text, words: `Connect with: ${connectCommand(grant)}` };
        if (!wait || !moving.includes(grant.status)) return { data: grant, text };
        return {
          data: grant,
          text,
          words: `Go on waiting with: ${resumeCommand(id)}`,
          exit: exitCode.pending,
        };
      }),
    );
  examples(command, ["dblease show 7k2m9q4x1c0z", "dblease show 7k2m9q4x1c0z --wait --timeout 2h"]);
}
