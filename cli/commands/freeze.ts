import { type Command, Option } from "commander";
import { examples, neededOption } from "../options.ts";
import type { Run } from "../run.ts";

interface Scope {
  all?: true;
  database?: string;
  requester?: string;
}

function withScope(command: Command): Command {
  return command
    .addOption(new Option("--all", "everybody and everything").conflicts(["database", "requester"]))
    .addOption(new Option("--database <database>", "one database").conflicts(["requester"]))
    .option("--requester <person>", "one person, as grants name them")
    .hook("preAction", assertScope);
}

/** Nothing given is wrong usage: an incident is no time for a default. */
function assertScope(command: Command): void {
  const { all, database, requester } = command.opts<Scope>();
  if (all || database || requester) return;
  command.error("error: say what: --all, --database <database> or --requester <person>", { exitCode: 1 });
}

/** The API's word for what the options mean. */
function scopeOf(command: Command): string {
  const { all, database, requester } = command.opts<Scope>();
  if (all) return "all";
  return database ? `database/${database}` : `requester/${requester}`;
}

export function addFreeze(program: Command, run: Run): void {
  const freeze = withScope(
    program
      .command("freeze")
      .summary("close: no new access, no extension")
      .description(
        "Administrators: close a person, a database or everything. Open grants go on; dblease revoke --all ends them.",
      ),
  );
  neededOption(freeze, "--reason <text>", "why; everybody who is refused reads it");
  freeze.action(
    run(async ({ api }, self) => {
      const data = await api.freeze(scopeOf(self), self.opts<{ reason: string }>().reason);
      return { data, text: `frozen ${data.scope} by ${data.by.name}: ${data.reason}` };
    }),
  );
  examples(freeze, [
    'dblease freeze --database orders --reason "restore is running"',
    'dblease freeze --all --reason "incident 4711"',
  ]);
  const unfreeze = withScope(
    program
      .command("unfreeze")
      .summary("open again what another administrator has closed")
      .description("Administrators: open again what somebody else has closed."),
  );
  unfreeze.action(
    run(async ({ api }, self) => {
      const data = await api.unfreeze(scopeOf(self));
      return { data, text: `open again: ${data.scope}` };
    }),
  );
  examples(unfreeze, ["dblease unfreeze --database orders", "dblease unfreeze --all --json"]);
}
