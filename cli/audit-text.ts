import { durationText } from "../src/duration.ts";
import { isClean } from "../src/receipt.ts";
import type { HeldEntry, Moment } from "../src/views.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime } from "./time-text.ts";

/** What happened, one line each. */
export function momentList(moments: readonly Moment[], output: Output, now: Date): string {
  return table(
    moments.map((it) => [`  ${output.style("dim", clockTime(it.at, now))}`, it.name, printable(it.sentence)]),
  );
}

const quoted = (reason: string | undefined) => (reason ? `: “${printable(reason)}”` : "");

/** How the access ended, or that it has not. */
function ending({ grant }: HeldEntry, now: Date): string {
  const { receipt, status } = grant;
  if (!receipt) return status === "active" ? "it is active" : `it is ${status}, and there is no receipt yet`;
  const at = clockTime(receipt.readBackAt, now);
  if (isClean(receipt))
    return `clean: the database was read back at ${at} and knew ${receipt.username} no more`;
  return `not clean: ${receipt.residue.length} things were left behind at ${at}; dblease show ${grant.id}`;
}

/** One grant as a person would answer: who, why, who said yes, and how it ended. */
export function heldText(entry: HeldEntry, output: Output, now: Date): string {
  const { grant, from, until } = entry;
  const approvals = grant.approvals.map(
    (it) => `approved by ${it.name} at ${clockTime(it.at, now)}${quoted(it.reason)}`,
  );
  const lines: [string, string][] = [
    [
      "asked",
      `${clockTime(grant.requestedAt, now)}, for ${durationText(grant.durationSeconds)}${quoted(grant.reason)}`,
    ],
    ["rule", `${grant.rule}: ${printable(grant.because)}`],
    ["approval", approvals.length > 0 ? approvals.join("; ") : "none was needed"],
    ["receipt", ending(entry, now)],
  ];
  const dim = (text: string) => output.style("dim", text);
  const period = `from ${clockTime(from, now)} to ${clockTime(until, now)}`;
  return [
    `${output.style("bold", grant.requester)} had ${grant.role} on ${grant.database} ${period} as ${grant.username}  ${dim(grant.id)}`,
    table(lines.map(([name, value]) => [`  ${dim(name)}`, value])),
  ].join("\n");
}
