import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { RotationRunView, RotationView } from "../../src/views.ts";
import type { Api } from "../api.ts";
import { exitCode } from "../exit-code.ts";
import { Failure } from "../failure.ts";
import { examples, timeoutOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { printable } from "../printable.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";
import type { Output } from "../terminal.ts";
import { clockTime, timeText } from "../time-text.ts";

const betweenLooksMs = 500;

function statusOf(it: RotationView, output: Output): string {
  const text = it.failures ? `${it.status} (${it.failures} in a row)` : it.status;
  return it.status === "failed" || it.overdue
    ? output.style("red", it.overdue ? `${text}, overdue` : text)
    : text;
}

function remarks(it: RotationView): string[] {
  return [
    ...(it.failure
      ? [
          `${it.id}: ${it.failure.step} failed: ${printable(it.failure.message)}`,
          `  next: ${printable(it.failure.next)}`,
        ]
      : []),
    ...(it.differences ?? []).flatMap((difference) => [
      `${it.id}: ${printable(difference.sentence)}`,
      `  repair: ${printable(difference.repair)}`,
    ]),
  ];
}

function rotationTable(rotations: readonly RotationView[], output: Output, now: Date): string {
  const heading = ["ROTATION", "DATABASE", "USER", "STRATEGY", "STATUS", "PASSWORD AGE", "NEXT RUN"];
  const rows = rotations.map((it) => [
    it.id,
    it.database,
    printable(it.user),
    it.gapPossible ? `${it.strategy}, gap possible` : it.strategy,
    statusOf(it, output),
    timeText(now.getTime() - Date.parse(it.passwordSince)),
    it.nextAt ? clockTime(it.nextAt, now) : "none",
  ]);
  return [
    table([heading.map((word) => output.style("dim", word)), ...rows]),
    ...rotations.flatMap(remarks),
  ].join("\n");
}

/** Waits until the run has ended, well or not; undefined: it is still at it. */
async function ended(
  api: Api,
  { id, run }: RotationRunView,
  timeoutSeconds: number,
): Promise<RotationView | undefined> {
  for (const end = Date.now() + timeoutSeconds * 1000; Date.now() < end; await sleep(betweenLooksMs)) {
    const view = (await api.rotations()).find((it) => it.id === id);
    if (view?.run === run && (view.status === "succeeded" || view.status === "failed")) return view;
  }
  return undefined;
}

function outcome(view: RotationView | undefined, started: RotationRunView): Outcome {
  if (!view) {
    return {
      data: started,
      text: "",
      words: "Still at it; later: dblease rotations",
      exit: exitCode.pending,
    };
  }
  if (view.status === "succeeded") return { data: view, text: `rotated ${view.id}` };
  return { data: view, text: remarks(view).join("\n"), exit: exitCode.failed };
}

export function addRotations(program: Command, run: Run): void {
  const list = program
    .command("rotations")
    .summary("passwords of applications: age, last and next run (admins, auditors)")
    .description(
      "Administrators and auditors: list the rotations with state, age of the password and next run.",
    )
    .action(
      run(async ({ api, data, now }) => {
        const rotations = await api.rotations();
        if (rotations.length > 0) return { data: rotations, text: rotationTable(rotations, data, now()) };
        return {
          data: rotations,
          text: "",
          words: "No rotations: write them under rotations: in dblease.yaml.",
        };
      }),
    );
  examples(list, ["dblease rotations", "dblease rotations --json"]);

  const rotate = program
    .command("rotate")
    .summary("change an application's password now (admins)")
    .description(
      "Administrators: have Secrets Manager rotate a secret now, and wait for the end. What a failed run left is thrown away.",
    )
    .argument("<rotation>", "one of dblease rotations, or the ARN of its secret")
    .addOption(timeoutOption())
    .action(
      run(async ({ api }, self) => {
        const [named = ""] = self.args;
        const found = (await api.rotations()).find((it) => it.id === named || it.secret === named);
        if (!found) throw new Failure("NOT_FOUND", `there is no rotation "${named}"`, "dblease rotations");
        const started = await api.rotate(found.id);
        return outcome(await ended(api, started, self.opts<{ timeout: number }>().timeout), started);
      }),
    );
  examples(rotate, ["dblease rotate orders-app", "dblease rotate orders-app --timeout 1m --json"]);
}
