import type { Command } from "commander";
import { approvalText } from "../../src/approval-text.ts";
import { durationText } from "../../src/duration.ts";
import type { DatabaseView, RoleView } from "../../src/views.ts";
import { allOk, checkList } from "../check-list.ts";
import { exitCode } from "../exit-code.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";
import type { Output } from "../terminal.ts";
import { addEnableIam } from "./enable-iam.ts";

function approvalOf(role: RoleView): string {
  if (!role.allowed) return "";
  if (role.breakGlass) return "break-glass";
  return role.approvalNeeded ? approvalText(role.approvalSteps) : "not needed";
}

function databaseTable(databases: readonly DatabaseView[], output: Output): string {
  const heading = ["DATABASE", "ENGINE", "ROLE", "UP TO", "APPROVAL", "BECAUSE", "PROVEN AGAINST"];
  const rows = databases.flatMap(({ id, engine, provenAgainst, roles }) =>
    roles.map((role) => [
      id,
      engine,
      role.name,
      role.allowed ? durationText(role.maxSeconds) : output.style("red", "refused"),
      approvalOf(role),
      output.style("dim", role.because),
      output.style("dim", provenAgainst),
    ]),
  );
  return table([heading.map((word) => output.style("dim", word)), ...rows]);
}

function addPrepare(databases: Command, run: Run): void {
  const command = databases
    .command("prepare")
    .summary("make or repair the group roles of a database (admins)")
    .description(
      "Make or repair the standing group roles of a database from the configuration. For administrators; safe to repeat.",
    )
    .argument("<database>", "one of dblease databases")
    .option(
      "--admin-by-iam",
      "make or move the admin that logs in by IAM, proved by a token login (PostgreSQL)",
    )
    .action(
      run(async ({ api, data }, self) => {
        const { adminByIam = false } = self.opts<{ adminByIam?: boolean }>();
        const view = await api.prepare(self.args[0] ?? "", adminByIam);
        return { data: view, text: checkList(view, data), exit: allOk(view) ? exitCode.ok : exitCode.failed };
      }),
    );
  examples(command, [
    "dblease databases prepare orders --admin-by-iam",
    "dblease databases prepare orders --json",
  ]);
}

function addAccept(databases: Command, run: Run): void {
  const command = databases
    .command("accept")
    .summary("accept the server that a database runs on now (admins)")
    .description(
      "Accept the server that a database runs on now, after a restore or a switch. Until then it serves no grant. Look first: dblease reconcile.",
    )
    .argument("<database>", "one of dblease databases")
    .action(
      run(async ({ api }, self) => {
        const view = await api.accept(self.args[0] ?? "");
        return { data: view, text: `accepted ${view.serverId} as the server of ${view.id}` };
      }),
    );
  examples(command, ["dblease databases accept orders", "dblease databases accept orders --json"]);
}

export function addDatabases(program: Command, run: Run): void {
  const command = program
    .command("databases")
    .summary("what I may ask for, and whether it needs approval")
    .description("List databases and roles: what you may ask for, for how long, and who has to approve.")
    .action(
      run(async ({ api, data }) => {
        const databases = await api.databases();
        if (databases.length > 0) return { data: databases, text: databaseTable(databases, data) };
        return { data: databases, text: "", words: "No database is configured, or none for you." };
      }),
    );
  addPrepare(command, run);
  addAccept(command, run);
  addEnableIam(command, run);
  examples(command, ["dblease databases", "dblease databases --json"]);
}
