import { type Command, InvalidArgumentError, Option } from "commander";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { examples } from "../options.ts";
import { progress } from "../progress.ts";
import type { Run } from "../run.ts";
import { type Verification, verifyAudit } from "../verify-audit.ts";

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError("Write a day: 2026-11-24.");
}

function sentence({ from, to, events, broken }: Verification): string {
  if (broken) return [`${broken.day} does not match: ${broken.because}.`, ...broken.changed].join("\n");
  if (from === undefined) {
    return "No digest, so nothing was compared: the first one is made two days after the archive. An older archive has lost them.";
  }
  return `${from} to ${to}: ${events} events are as they were recorded.`;
}

/** Nothing compared is no success. */
function outcome({ from, broken }: Verification): ExitCode {
  if (broken) return exitCode.failed;
  return from === undefined ? exitCode.pending : exitCode.ok;
}

export function addAuditVerify(audit: Command, run: Run): void {
  const command = audit
    .command("verify")
    .summary("has anybody changed the past")
    .description(
      "Compare the audit with the digest of each day, which is kept apart from it, and name the first day that does not match.",
    )
    .addOption(new Option("--from <day>", "from this day on (UTC); else from the first one").argParser(day))
    .action(
      run(async ({ api, now, words }, self) => {
        let at = "digests";
        const shown = progress(
          words,
          () => "verifying",
          () => `verifying ${at}`,
        );
        try {
          const { from } = self.opts<{ from?: string }>();
          const data = await verifyAudit(api, from, now(), (next) => {
            at = next;
          });
          return { data, text: sentence(data), exit: outcome(data) };
        } finally {
          shown.stop();
        }
      }),
    );
  examples(command, ["dblease audit verify", "dblease audit verify --from 2026-11-01 --json"]);
}
