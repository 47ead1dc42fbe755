import { type Command, Option } from "commander";
import type { GrantView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { databaseClient, runClient } from "../database-client.ts";
import { exitCode } from "../exit-code.ts";
import { Failure } from "../failure.ts";
import { heldGrant } from "../held-grant.ts";
import { duration, examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { readCredential } from "../read-credential.ts";
import { requestAccess } from "../request-access.ts";
import { waitForAccess } from "../request-outcome.ts";
import type { Run } from "../run.ts";
import { timeLeft } from "../time-text.ts";

interface Options {
  role?: string;
  for?: number;
  reason?: string;
  timeout: number;
}

/** A new grant, when it is active; undefined: it is still on its way, and the outcome says so. */
async function newGrant(
  context: Context,
  database: string,
  { role, reason, timeout, ...options }: Options,
): Promise<{ grant?: GrantView; pending?: Outcome }> {
  if (role === undefined || reason === undefined || options.for === undefined) {
    throw new Failure(
      "NO_ACTIVE_GRANT",
      `you hold no access to ${database}${role === undefined ? "" : ` as ${role}`}`,
      `say what you need: dblease connect ${database} --role <role> --for 30m --reason "..."`,
    );
  }
  const wish = { database, role, reason, durationSeconds: options.for };
  const grant = await requestAccess(context, wish);
  const outcome = await waitForAccess(context, grant, { wait: true, timeout });
  if (outcome.exit !== undefined && outcome.exit !== exitCode.ok) return { pending: outcome };
  return { grant: await context.api.grant(grant.id) };
}

async function connect(
  context: Context,
  database: string,
  options: Options,
  args: readonly string[],
): Promise<Outcome> {
  const held = await heldGrant(context.api, database, options.role);
  const { grant, pending } = held ? { grant: held } : await newGrant(context, database, options);
  if (!grant) return pending ?? { data: {}, text: "" };
  const client = databaseClient(grant.engine, context.env);
  const credential = await readCredential(context, grant);
  const left = timeLeft(grant.expiresAt ?? "", context.now());
  context.words.write(`${grant.id}: ${grant.role} on ${database}, ${left} left\n`);
  const code = await runClient(context, client, grant, credential, args);
  return {
    data: { id: grant.id, client: client.program, code },
    text: "",
    exit: code === 0 ? exitCode.ok : exitCode.failed,
  };
}

export function addConnect(program: Command, run: Run): void {
  const command = program
    .command("connect")
    .summary("open the database's own client, asking for access first if you hold none")
    .description(
      "Open psql, mysql or mariadb with the access you hold. Where you hold none, say role, time and reason: it is asked for and waited for.",
    )
    .argument("<database>", "one of dblease databases")
    .argument("[args...]", "for the client, behind --")
    .option("--role <role>", "what you want to be able to do")
    .addOption(new Option("--for <duration>", "how long, if it must be asked for").argParser(duration))
    .option("--reason <text>", "why, if it must be asked for")
    .addOption(timeoutOption());
  command.action(
    run((context, self) => {
      const [database, args] = self.processedArgs;
      return connect(context, database, self.opts<Options>(), args);
    }),
  );
  examples(command, [
    "dblease connect orders",
    'dblease connect orders --role read-only --for 30m --reason "INC-88" -- -c "select 1"',
  ]);
}
