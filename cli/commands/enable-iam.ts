import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { IamAuthenticationView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { exitCode } from "../exit-code.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { progress } from "../progress.ts";
import type { Run } from "../run.ts";

const lookEveryMs = 2000;

function isDone({ enabled, status }: IamAuthenticationView): boolean {
  return enabled && status === "available";
}

/** RDS wants 300 to 1000 MiB of memory more for it (RDS User Guide, "IAM database authentication", limitations). */
function warning({ instanceClass }: IamAuthenticationView): string | undefined {
  return /\.(micro|small)$/.test(instanceClass ?? "")
    ? `${instanceClass} is small: RDS needs 300 to 1000 MiB of memory more for IAM authentication.`
    : undefined;
}

async function enable(context: Context, database: string, timeoutSeconds: number): Promise<Outcome> {
  const { api, now, words, signal } = context;
  const until = now().getTime() + timeoutSeconds * 1000;
  let view = await api.enableIam(database);
  const shown = progress(
    words,
    () => view.status,
    () => `${database}: ${view.status}`,
  );
  while (!isDone(view) && now().getTime() < until) {
    await pause(lookEveryMs, undefined, { signal });
    view = await api.iam(database);
    shown.look();
  }
  shown.stop();
  const remark = warning(view);
  return {
    data: view,
    text: isDone(view)
      ? `IAM authentication of ${database} is on`
      : `RDS is still at work on ${database}: ${view.status}`,
    ...(remark ? { words: remark } : {}),
    exit: isDone(view) ? exitCode.ok : exitCode.pending,
  };
}

export function addEnableIam(databases: Command, run: Run): void {
  const command = databases
    .command("enable-iam")
    .summary("let RDS take IAM tokens for a database (admins)")
    .description(
      "Turn on IAM authentication of an instance or cluster, at once, and wait until RDS has done it. No outage; users and passwords stay as they are.",
    )
    .argument("<database>", "one of dblease databases")
    .addOption(timeoutOption());
  command.action(
    run((context, self) => enable(context, self.processedArgs[0], self.opts<{ timeout: number }>().timeout)),
  );
  examples(command, ["dblease databases enable-iam orders", "dblease databases enable-iam orders --json"]);
}
