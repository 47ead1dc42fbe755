import type { Command } from "commander";
import { liveStatuses } from "../../src/grant.ts";
import type { GrantView } from "../../src/views.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { grantTable } from "../grant-table.ts";
import { examples, neededOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import type { Run } from "../run.ts";

interface Options {
  database?: string;
  requester?: string;
  reason: string;
  confirm?: string;
}

/** So many calls at a time: fast for hundreds of grants, harmless for the API. */
const atATime = 8;

async function chosen({ api }: Context, { database, requester }: Options): Promise<readonly GrantView[]> {
  const grants = await api.grants();
  return grants.filter(
    (it) =>
      liveStatuses.includes(it.status) &&
      (database === undefined || it.database === database) &&
      (requester === undefined || it.requester === requester),
  );
}

async function revokeEach(
  { api }: Context,
  grants: readonly GrantView[],
  reason: string,
): Promise<GrantView[]> {
  const waiting = [...grants];
  const revoked: GrantView[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      revoked.push(await api.decide(next.id, "revoke", reason));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return revoked;
}

/** Without --confirm it only shows; with it the count must be the one that was shown. */
async function revokeAll(context: Context, options: Options): Promise<Outcome> {
  const { data, now } = context;
  const grants = await chosen(context, options);
  if (options.confirm === undefined) {
    const words = `${grants.length} grants would be revoked. To do it: the same command with --confirm ${grants.length}`;
    return { data: grants, text: grants.length > 0 ? grantTable(grants, data, now()) : "", words };
  }
  if (Number(options.confirm) !== grants.length) {
    throw new Failure(
      "CONFLICT",
      `there are ${grants.length} grants, not ${options.confirm}`,
      "look again without --confirm, then confirm that count",
    );
  }
  const revoked = await revokeEach(context, grants, options.reason);
  const words = "Each revoke proves itself; dblease grants shows what is not done yet.";
  return { data: revoked, text: `${revoked.length} grants are being revoked`, words };
}

export function addRevokeAll(program: Command, run: Run): void {
  const command = program
    .command("revoke-all")
    .summary("end every grant, or those of a database or a person")
    .description(
      "Administrators: end every live grant at once. Shows first; does it with --confirm and the count shown.",
    )
    .option("--database <database>", "only grants on this database")
    .option("--requester <person>", "only grants of this person, as grants name them")
    .option("--confirm <count>", "do it, if there are so many");
  neededOption(command, "--reason <text>", "why; it stands in every receipt");
  command.action(run((context, self) => revokeAll(context, self.opts<Options>())));
  examples(command, [
    'dblease revoke-all --database orders --reason "incident 4711"',
    'dblease revoke-all --requester rita --reason "laptop stolen" --confirm 3',
  ]);
}
