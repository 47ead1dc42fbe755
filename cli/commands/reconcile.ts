import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { FindingsView, FindingView, ReconciliationView } from "../../src/views.ts";
import type { Api } from "../api.ts";
import { exitCode } from "../exit-code.ts";
import { findingText } from "../finding-text.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";
import type { Output } from "../terminal.ts";

const betweenLooksMs = 1_000;

function outcome(findings: readonly FindingView[], output: Output, now: Date): Outcome {
  if (findings.length === 0)
    return { data: findings, text: "", words: "No findings: every access has its grant." };
  return { data: findings, text: findings.map((it) => findingText(it, output, now)).join("\n") };
}

/** Waits until every database of the run was looked at. */
async function finished(
  api: Api,
  it: ReconciliationView,
  timeoutSeconds: number,
): Promise<FindingsView | undefined> {
  for (const end = Date.now() + timeoutSeconds * 1000; Date.now() < end; await sleep(betweenLooksMs)) {
    const view = await api.findings();
    const looked = view.databases.filter(({ run }) => run === it.run).map(({ id }) => id);
    if (it.databases.every((id) => looked.includes(id))) return view;
  }
  return undefined;
}

export function addReconcile(program: Command, run: Run): void {
  const reconcile = program
    .command("reconcile")
    .summary("compare databases with the table now (admins)")
    .description(
      "Administrators: compare databases with the table now instead of tomorrow, and list what no grant explains.",
    )
    .option("--database <database>", "one database instead of all")
    .addOption(timeoutOption())
    .action(
      run(async ({ api, data, now }, self) => {
        const { database, timeout } = self.opts<{ database?: string; timeout: number }>();
        const started = await api.reconcile(database);
        const view = await finished(api, started, timeout);
        if (view)
          return outcome(
            view.findings.filter((it) => started.databases.includes(it.database)),
            data,
            now(),
          );
        return {
          data: started,
          text: "",
          words: "Still at it; later: dblease findings",
          exit: exitCode.pending,
        };
      }),
    );
  examples(reconcile, ["dblease reconcile", "dblease reconcile --database orders --json"]);
}
