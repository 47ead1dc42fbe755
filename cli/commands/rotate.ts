import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { FleetRotationView, RotationRunView, RotationView } from "../../src/views.ts";
import type { Api } from "../api.ts";
import type { Context } from "../context.ts";
import { exitCode } from "../exit-code.ts";
import { Failure } from "../failure.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { printable } from "../printable.ts";
import { progress } from "../progress.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";
import { remarks } from "./rotations.ts";

interface Options {
  all?: true;
  database?: string;
  tag?: string;
  timeout: number;
}

const betweenLooksMs = 500;

/** Looks until there is an answer; undefined: there was none in time. */
async function awaited<T>(
  look: () => Promise<T | undefined>,
  timeoutSeconds: number,
): Promise<T | undefined> {
  for (const end = Date.now() + timeoutSeconds * 1000; Date.now() < end; await sleep(betweenLooksMs)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}

function stillAtIt(data: unknown): Outcome {
  return { data, text: "", words: "Still at it; later: dblease rotations", exit: exitCode.pending };
}

async function ended(api: Api, { id, run }: RotationRunView): Promise<RotationView | undefined> {
  const view = (await api.rotations()).find((it) => it.id === id);
  return view?.run === run && (view.status === "succeeded" || view.status === "failed") ? view : undefined;
}

async function rotateOne({ api }: Context, named: string, timeout: number): Promise<Outcome> {
  const found = (await api.rotations()).find((it) => it.id === named || it.secret === named);
  if (!found) throw new Failure("NOT_FOUND", `there is no rotation "${named}"`, "dblease rotations");
  const started = await api.rotate(found.id);
  const view = await awaited(() => ended(api, started), timeout);
  if (!view) return stillAtIt(started);
  if (view.status === "succeeded") return { data: view, text: `rotated ${view.id}` };
  return { data: view, text: remarks(view).join("\n"), exit: exitCode.failed };
}

function fleetLine({ rotations }: FleetRotationView): string {
  const done = rotations.filter(({ status }) => status === "succeeded" || status === "failed").length;
  return `${done} of ${rotations.length} rotated`;
}

function fleetReport(view: FleetRotationView): Outcome {
  const failed = view.rotations.filter(({ status }) => status !== "succeeded");
  const rows = [...failed, ...view.rotations.filter((it) => !failed.includes(it))].map((it) => [
    it.id,
    it.status,
    printable(it.failure ?? ""),
  ]);
  if (failed.length === 0) return { data: view, text: table(rows) };
  const words = `${failed.length} of ${view.rotations.length} did not succeed. Next: dblease rotations`;
  return { data: view, text: table(rows), words, exit: exitCode.failed };
}

async function rotateFleet({ api, words }: Context, { database, tag, timeout }: Options): Promise<Outcome> {
  const fleet = { ...(database === undefined ? {} : { database }), ...(tag === undefined ? {} : { tag }) };
  let view = await api.rotateFleet(fleet);
  const line = () => fleetLine(view);
  const shown = progress(words, line, line);
  const finished = await awaited(async () => {
    view = await api.fleetReport(view.run);
    shown.look();
    return view.finished ? view : undefined;
  }, timeout).finally(() => shown.stop());
  return finished ? fleetReport(finished) : stillAtIt(view);
}

export function addRotate(program: Command, run: Run): void {
  const rotate = program
    .command("rotate")
    .summary("change passwords of applications now (admins)")
    .description(
      "Administrators: have Secrets Manager rotate a secret now, or many of them, and wait for the end. What a failed run left is thrown away.",
    )
    .argument("[rotation]", "one of dblease rotations, or the ARN of its secret")
    .option("--all", "every rotation of the configuration")
    .option("--database <database>", "every rotation of one database")
    .option("--tag <key=value>", "every rotation whose secret has this tag")
    .addOption(timeoutOption())
    .action(
      run(async (context, self) => {
        const [named] = self.args;
        const options = self.opts<Options>();
        const isPart = options.database !== undefined || options.tag !== undefined;
        if ([named !== undefined, options.all === true, isPart].filter(Boolean).length !== 1) {
          const next = "dblease rotate <rotation>, --all, --database <database> or --tag <key=value>";
          throw new Failure("USAGE", "say which: one rotation, or many by an option", next);
        }
        return named === undefined
          ? rotateFleet(context, options)
          : rotateOne(context, named, options.timeout);
      }),
    );
  examples(rotate, ["dblease rotate orders-app", "dblease rotate --database orders --json"]);
}
