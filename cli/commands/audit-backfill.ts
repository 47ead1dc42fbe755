import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import type { BackfillView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { exitCode } from "../exit-code.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { pastInstant } from "../past-instant.ts";
import { progress } from "../progress.ts";
import type { Run } from "../run.ts";

const betweenLooksMs = 1_000;

function line({ progress: part, counts }: BackfillView): string {
  const { grants, read, recorded, known, quarantined } = counts;
  const bad = quarantined > 0 ? `, ${quarantined} could not be read` : "";
  const events = `${read} events of CloudTrail read, ${recorded} new, ${known} known${bad}`;
  return `${Math.floor(part * 100)} %: ${grants} grants collected again, ${events}`;
}

function outcome(view: BackfillView): Outcome {
  const text = `${view.from} to ${view.to}, ${view.status}: ${line(view)}`;
  if (view.status === "done") return { data: view, text };
  const words =
    view.status === "running"
      ? "Still at it, here or not; later: dblease audit backfill"
      : `It has stopped. Next: dblease audit backfill --from ${view.from} --to ${view.to}`;
  return { data: view, text, words, exit: view.status === "running" ? exitCode.pending : exitCode.failed };
}

async function follow({ api, words }: Context, begun: BackfillView, timeout: number): Promise<Outcome> {
  let view = begun;
  const shown = progress(
    words,
    () => line(view),
    () => line(view),
  );
  try {
    for (const end = Date.now() + timeout * 1000; view.status === "running" && Date.now() < end; ) {
      await sleep(betweenLooksMs);
      view = (await api.backfills()).find((it) => it.id === begun.id) ?? view;
      shown.look();
    }
  } finally {
    shown.stop();
  }
  return outcome(view);
}

const instant = (text: string) => pastInstant(text);

export function addAuditBackfill(audit: Command, run: Run): void {
  const command = audit
    .command("backfill")
    .summary("collect the past: grants, and what CloudTrail knows (admins)")
    .description(
      "Administrators: collect again what happened to grants in a time, and read CloudTrail's event history of it, 90 days at most: the time before dblease, or a gap. The same time again goes on where it stopped. Without --from: how the newest one stands.",
    )
    .addOption(new Option("--from <time>", "from then on").argParser(instant))
    .addOption(new Option("--to <time>", "until then; else until now").argParser(instant))
    .addOption(timeoutOption())
    .action(
      run(async (context, self) => {
        const { from, to, timeout } = self.opts<{ from?: string; to?: string; timeout: number }>();
        if (from !== undefined) {
          const until = to ?? context.now().toISOString();
          return follow(context, await context.api.backfill(from, until), timeout);
        }
        const [newest] = await context.api.backfills();
        if (newest) return outcome(newest);
        return { data: null, text: "", words: "Nothing was read of the past yet." };
      }),
    );
  examples(command, [
    "dblease audit backfill --from 2026-11-01",
    "dblease audit backfill --from 2026-11-03T08:00 --to 2026-11-03T20:00 --json",
  ]);
}
