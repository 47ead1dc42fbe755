import type { DoctorView } from "../src/views.ts";
import { printable } from "./printable.ts";
import type { Output } from "./terminal.ts";

/** Checks as lines, ok or failed, each failure with what repairs it. */
export function checkList({ database, checks }: DoctorView, output: Output): string {
  const lines = checks.map((check) => {
    const mark = check.ok ? output.style("green", "ok  ") : output.style("red", "fail");
    const repair =
      check.ok || !check.repair ? "" : `\n        ${output.style("cyan", printable(check.repair))}`;
    return `  ${mark}  ${printable(check.sentence)}${repair}`;
  });
  return [output.style("bold", database), ...lines].join("\n");
}

export function allOk({ checks }: DoctorView): boolean {
  return checks.every((check) => check.ok);
}
