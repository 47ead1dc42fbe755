import type { Command } from "commander";
import type { DoctorView } from "../../src/views.ts";
import { allOk, checkList } from "../check-list.ts";
import type { Context } from "../context.ts";
import { exitCode } from "../exit-code.ts";
import { Failure } from "../failure.ts";
import { examples } from "../options.ts";
import type { Run } from "../run.ts";

/** A database that this caller may not examine, or that the API cannot reach, is a failed check and stops no other. */
async function examine({ api }: Context, database: string): Promise<DoctorView> {
  try {
    return await api.doctor(database);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === "NOT_SIGNED_IN" || error.code === "INTERRUPTED")
      throw error;
    return { database, checks: [{ id: "asked", ok: false, sentence: error.message, repair: error.next }] };
  }
}

export function addDoctor(program: Command, run: Run): void {
  const command = program
    .command("doctor")
    .summary("what is in order and what repairs the rest")
    .description(
      "Check a database, or all of them: reachable, TLS, admin rights, group roles. Exit code 1 when a check fails.",
    )
    .argument("[database]", "one of dblease databases; without it, all")
    .action(
      run(async (context, self) => {
        const [named] = self.args;
        const names = named === undefined ? (await context.api.databases()).map((it) => it.id) : [named];
        const views: DoctorView[] = [];
        // One after the other: a doctor's visit opens admin connections, and nobody is in a hurry.
        for (const name of names)
          views.push(named ? await context.api.doctor(name) : await examine(context, name));
        return {
          data: named === undefined ? views : views[0],
          text: views.map((view) => checkList(view, context.data)).join("\n\n"),
          exit: views.every(allOk) ? exitCode.ok : exitCode.failed,
        };
      }),
    );
  examples(command, ["dblease doctor", "dblease doctor orders --json"]);
}
