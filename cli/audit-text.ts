import { durationText } from "../src/duration.ts";
import { isClean } from "../src/receipt.ts";
import type { HeldEntry, Moment, PasswordEntry, Refusal, Session, SessionEntry } from "../src/views.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime, timeText } from "./time-text.ts";

/** What happened, one line each. */
export function momentList(moments: readonly Moment[], output: Output, now: Date): string {
  return table(
    moments.map((it) => [`  ${output.style("dim", clockTime(it.at, now))}`, it.name, printable(it.sentence)]),
  );
}

const ends = {
  revoke: "ended by the revoke",
  server: "ended by the server",
  client: "closed by the client",
} as const;

/** One session: from where, with what, when, and who ended it. */
function sessionText(session: Session, now: Date): string {
  const { address, application, startedAt, endedAt, endedBy, seenAt } = session;
  const time = (instant: string | undefined) =>
    instant === undefined ? "an unknown time" : clockTime(instant, now);
  const rest = endedAt
    ? `to ${time(endedAt)}, ${endedBy ? ends[endedBy] : "ended"}`
    : seenAt
      ? `last seen ${time(seenAt)}`
      : "no end was noted";
  const by = application ? ` by ${printable(application)}` : "";
  return `from ${printable(address ?? "an unknown address")}${by}, ${time(startedAt)} ${rest}`;
}

/** Sessions, one a line. */
export function sessionList(sessions: readonly Session[], now: Date): string[] {
  return sessions.length > 0 ? sessions.map((it) => sessionText(it, now)) : ["none is known"];
}

/** Refused logins in one part of the text, or none. */
export function refusalList(refusals: readonly Refusal[], now: Date): string[] {
  const lines = refusals.map(
    (it) =>
      `refused ${clockTime(it.at, now)}, ${it.code}, from ${printable(it.address ?? "an unknown address")}`,
  );
  return lines.length > 0 ? [lines.join("\n")] : [];
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
    ...sessionList(entry.sessions, now).map((it, index): [string, string] => [
      index === 0 ? "sessions" : "",
      it,
    ]),
    ["receipt", ending(entry, now)],
  ];
  const dim = (text: string) => output.style("dim", text);
  const period = `from ${clockTime(from, now)} to ${clockTime(until, now)}`;
  return [
    `${output.style("bold", grant.requester)} had ${grant.role} on ${grant.database} ${period} as ${grant.username}  ${dim(grant.id)}`,
    table(lines.map(([name, value]) => [`  ${dim(name)}`, value])),
  ].join("\n");
}

/** Sessions of several grants. */
export function sessionTable(sessions: readonly SessionEntry[], output: Output, now: Date): string {
  const heading = ["REQUESTER", "FROM", "WITH", "BEGIN", "END", "GRANT"];
  return table([
    heading.map((word) => output.style("dim", word)),
    ...sessions.map((it) => [
      it.requester,
      printable(it.address ?? "unknown"),
      printable(it.application ?? ""),
      it.startedAt ? clockTime(it.startedAt, now) : "?",
      it.endedAt ? `${clockTime(it.endedAt, now)}${it.endedBy ? ` ${ends[it.endedBy]}` : ""}` : "not noted",
      it.grantId,
    ]),
  ]);
}

/** One managed password: how old, changed when, read by whom. */
export function passwordText(it: PasswordEntry, output: Output, now: Date): string {
  const age = it.since ? `${timeText(now.getTime() - Date.parse(it.since))} old` : "of unknown age";
  const late = it.overdue ? output.style("red", ", overdue") : "";
  const rotated = it.rotatedAt ? `, rotated ${clockTime(it.rotatedAt, now)}` : ", never rotated by dblease";
  const user = it.user ? ` (${printable(it.user)})` : "";
  const readers = it.readers.map(
    ({ reader, count, lastAt }) =>
      `  read ${count} times by ${printable(reader)}, last ${clockTime(lastAt, now)}`,
  );
  const none = readers.length === 0 ? ["  read by nobody in this time, as far as CloudTrail told"] : readers;
  const more = it.readersComplete ? [] : ["  and there are more reads than one answer looks at"];
  return [
    `${output.style("bold", it.id)}${user} on ${it.database}: ${age}${late}${rotated}`,
    ...none,
    ...more,
  ].join("\n");
}
