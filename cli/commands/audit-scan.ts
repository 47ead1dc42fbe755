import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { FindingsView } from "../../src/views.ts";
import type { Api } from "../api.ts";
import { exitCode } from "../exit-code.ts";
import { findingText } from "../finding-text.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Run } from "../run.ts";

const betweenLooksMs = 1_000;

async function finished(api: Api, run: string, timeoutSeconds: number): Promise<FindingsView | undefined> {
  for (const end = Date.now() + timeoutSeconds * 1000; Date.now() < end; await sleep(betweenLooksMs)) {
    const view = await api.findings();
    if (view.policyScan?.run === run) return view;
  }
  return undefined;
}

export function addAuditScan(audit: Command, run: Run): void {
  const command = audit
    .command("scan")
    .summary("look through IAM now: who may log in without a grant")
    .description(
      "Look through all users, roles and groups of the account now instead of tomorrow, and list who may log in to databases by IAM without a grant.",
    )
    .addOption(timeoutOption())
    .action(
      run(async ({ api, data, now }, self) => {
        const started = await api.scanPolicies();
        const view = await finished(api, started.run, self.opts<{ timeout: number }>().timeout);
        if (!view) {
          const words = "Still at it; later: dblease audit findings";
          return { data: started, text: "", words, exit: exitCode.pending };
        }
        const findings = view.findings.filter(({ kind }) => kind === "policy" || kind === "no_such_action");
        const text = findings.map((it) => findingText(it, data, now())).join("\n");
        const words = `Looked at ${view.policyScan?.holders} users, roles and groups: ${findings.length} findings.`;
        return { data: findings, text, words };
      }),
    );
  examples(command, ["dblease audit scan", "dblease audit scan --json"]);
}
