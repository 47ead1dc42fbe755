import { type Command, Option } from "commander";
import type { FindingsView } from "../../src/views.ts";
import { findingText } from "../finding-text.ts";
import { examples } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import type { Output } from "../terminal.ts";
import { clockTime } from "../time-text.ts";

/** How old the answer is; what was not looked at yet is said. */
function lookedAt({ databases, policyScan }: FindingsView, now: Date): string {
  const times = databases.map(({ id, reconciledAt }) =>
    reconciledAt ? `${id} ${clockTime(reconciledAt, now)}` : `${id} never`,
  );
  const iam = policyScan ? clockTime(policyScan.at, now) : "never";
  return `Looked at in full: ${[...times, `IAM ${iam}`].join(", ")}. Changes of IAM are looked at when CloudTrail tells of them.`;
}

function outcome(view: FindingsView, output: Output, now: Date): Outcome {
  const { findings } = view;
  const text = findings.map((it) => findingText(it, output, now)).join("\n");
  const none = findings.length === 0 ? "No findings.\n" : "";
  return { data: findings, text, words: `${none}${lookedAt(view, now)}` };
}

/** `dblease findings`, and the same among the auditor's questions. */
export function addFindings(parent: Command, run: Run): void {
  const command = parent
    .command("findings")
    .summary("access that no grant explains (admins, auditors)")
    .description(
      "Administrators and auditors: list the open findings, the worst first: what is the matter, what it rests on, what mends it.",
    )
    .addOption(new Option("--all", "acknowledged ones too"))
    .action(
      run(async ({ api, data, now }, self) =>
        outcome(await api.findings(self.opts<{ all?: true }>().all === true), data, now()),
      ),
    );
  const name = parent.name() === "audit" ? "dblease audit findings" : "dblease findings";
  examples(command, [name, `${name} --all --json`]);
}
