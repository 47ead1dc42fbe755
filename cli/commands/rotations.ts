import type { Command } from "commander";
import type { RotationView } from "../../src/views.ts";
import { examples } from "../options.ts";
import { printable } from "../printable.ts";
import type { Run } from "../run.ts";
import { table } from "../table.ts";
import type { Output } from "../terminal.ts";
import { clockTime, timeText } from "../time-text.ts";

function statusOf(it: RotationView, output: Output): string {
  const text = it.failures ? `${it.status} (${it.failures} in a row)` : it.status;
  return it.status === "failed" || it.overdue
    ? output.style("red", it.overdue ? `${text}, overdue` : text)
    : text;
}

/** What went wrong with a rotation and what its users differ in, each with the next step. */
export function remarks(it: RotationView): string[] {
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
    ...rotations.flatMap((it) =>
      it.oldPasswordUntil
        ? [`${it.id}: the password before works until ${clockTime(it.oldPasswordUntil, now)}`]
        : [],
    ),
    ...rotations.flatMap(remarks),
  ].join("\n");
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
}
