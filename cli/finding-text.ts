import type { FindingView } from "../src/views.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime } from "./time-text.ts";

const styles = { high: "red", medium: "yellow", low: "dim" } as const;

/** One finding: what is the matter, what it rests on, what mends it. */
export function findingText(it: FindingView, output: Output, now: Date): string {
  const where = it.database === "*" ? "account" : it.database;
  const facts: [string, string][] = [
    ["  id", printable(it.id)],
    ["  seen", `first ${clockTime(it.firstSeenAt, now)}, last ${clockTime(it.seenAt, now)}`],
    ...it.evidence.map((line, index): [string, string] => [index === 0 ? "  evidence" : "", printable(line)]),
  ];
  if (it.repair) facts.push(["  repair", printable(it.repair)]);
  if (it.acknowledged) {
    const { by, until, reason } = it.acknowledged;
    facts.push(["  acknowledged", `by ${by} until ${clockTime(until, now)}: ${printable(reason)}`]);
  }
  const severity = output.style(styles[it.severity], it.severity);
  return `${severity}  ${where}  ${it.kind}: ${printable(it.sentence)}\n${table(facts)}`;
}
