import { type Command, Option } from "commander";
import { approvalText } from "../../src/approval-text.ts";
import type { RoleView } from "../../src/views.ts";
import type { NewGrant } from "../api.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { duration, examples, neededOption, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { requestAccess } from "../request-access.ts";
import { waitForAccess } from "../request-outcome.ts";
import type { Run } from "../run.ts";
import { startInstant } from "../start-instant.ts";

interface Options {
  role: string;
  for: number;
  reason: string;
  ticket?: string;
  wait: boolean;
  timeout: number;
  dryRun?: true;
  start?: string;
  breakGlass?: string;
}

/** What the rules would say to this request. */
function dryRunOutcome(role: RoleView, database: string): Outcome {
  if (!role.allowed) {
    throw new Failure(
      "REFUSED",
      `${role.name} on ${database} would be refused: ${role.because}`,
      "dblease databases",
    );
  }
  const approval = role.approvalNeeded
    ? `after approval by ${approvalText(role.approvalSteps)}`
    : "without approval";
  return { data: role, text: `would be granted ${approval}: ${role.because}` };
}

async function request(context: Context, wish: NewGrant, options: Options): Promise<Outcome> {
  if (options.dryRun) return dryRunOutcome(await context.api.dryRun(wish), wish.database);
  const grant = await requestAccess(context, wish);
  return waitForAccess(context, grant, options);
}

/** Naming the database twice is the confirmation: nobody breaks the glass by a slip, and a script says it on purpose. */
function assertConfirmed(command: Command): void {
  const { breakGlass } = command.opts<Options>();
  if (breakGlass === undefined || breakGlass === command.args[0]) return;
  command.error(`error: --break-glass must name ${command.args[0]} again`, { exitCode: 1 });
}

export function addRequest(program: Command, run: Run): void {
  const command = program
    .command("request")
    .summary("ask for a role on a database for some time")
    .description(
      "Ask for a role on a database for some time, wait for approval, and keep the password on this machine.",
    )
    .argument("<database>", "one of dblease databases");
  neededOption(command, "--role <role>", "what you want to be able to do");
  neededOption(command, "--for <duration>", "how long, counted from activation: 30s, 30m, 2h", duration);
  neededOption(command, "--reason <text>", "why; approvers and auditors read it");
  command
    .option("--ticket <id>", "ticket or incident it belongs to")
    .addOption(
      new Option("--start <time>", "not now: 22:00, 2026-11-25T22:00; does not wait").argParser((text) =>
        startInstant(text),
      ),
    )
    .option(
      "--break-glass <database>",
      "emergency without approval; name the database again, reviewers are told",
    )
    .option("--no-wait", "return at once; exit code 5 while it is pending")
    .addOption(timeoutOption())
    .option("--dry-run", "only tell what the rules would say")
    .hook("preAction", assertConfirmed)
    .action(
      run((context, self) => {
        const options = self.opts<Options>();
        const wish = {
          database: self.args[0] ?? "",
          role: options.role,
          durationSeconds: options.for,
          reason: options.reason,
          ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
          ...(options.start === undefined ? {} : { startAt: options.start }),
          ...(options.breakGlass === undefined ? {} : { breakGlass: true as const }),
        };
        return request(context, wish, options);
      }),
    );
  examples(command, [
    'dblease request orders --role read-only --for 30m --reason "Why is order 4711 stuck?"',
    'dblease request orders --role read-write --for 15m --reason "INC-88" --ticket INC-88 --no-wait --json',
  ]);
}
