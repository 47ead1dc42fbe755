import { isClean, type Receipt } from "../src/receipt.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";
import type { Output } from "./terminal.ts";
import { clockTime } from "./time-text.ts";

/** The receipt as a person reads it: what the database said after the drop, and what is left to do, if anything. */
export function receiptText(receipt: Receipt, database: string, output: Output, now: Date): string {
  const clean = isClean(receipt);
  // Nobody was asked: RDS has neither the server of the grant any more nor another one in its place.
  if (clean && receipt.members.length === 0) {
    const why = output.style("dim", `: RDS has ${receipt.formerServer?.id ?? "it"} no more`);
    return `${output.style("green", `✓ ${receipt.username} is gone with the server of ${database}`)}${why}`;
  }
  const verdict = clean
    ? output.style("green", `✓ ${receipt.username} is gone from ${database}`)
    : output.style("red", `✗ ${receipt.username} left something behind on ${database}`);
  const count = (value: number) =>
    value === 0 ? output.style("green", "0") : output.style("red", String(value));
  const ended = receipt.sessionsEnded > 0 ? output.style("dim", `  ${receipt.sessionsEnded} ended`) : "";
  const lines = [
    `${verdict}${output.style("dim", `, read back at ${clockTime(receipt.readBackAt, now)}`)}`,
    table([
      ["  users", count(receipt.users)],
      ["  sessions", count(receipt.sessions) + ended],
      ["  privileges", count(receipt.privileges)],
      ["  owned objects", count(receipt.objects)],
      ["  prepared transactions", count(receipt.preparedTransactions)],
    ]),
    table(
      receipt.members.map((it) => [
        `  read back on ${it.member}`,
        `${it.host}:${it.port}`,
        `${it.sessions} sessions`,
        output.style("dim", clockTime(it.readAt, now)),
      ]),
    ),
  ];
  if (receipt.iamPolicy) {
    const { role, absentAt } = receipt.iamPolicy;
    lines.push(
      `  its policy is gone from ${role}${output.style("dim", `, IAM read at ${clockTime(absentAt, now)}`)}`,
    );
  }
  if (receipt.formerServer) {
    const { id, exists } = receipt.formerServer;
    const since = exists
      ? "it no longer stands under the database's name, and was read back where it is"
      : "RDS has it no more, so nobody can read it back";
    lines.push(`  made on server ${id}: ${since}`);
  }
  if (receipt.moved.length > 0) {
    lines.push("  data left behind, out of everybody's reach in jit_graveyard:");
    for (const it of receipt.moved) {
      const stripped = it.stripped.length > 0 ? `, stripped of ${it.stripped.join("; ")}` : "";
      lines.push(`    ${printable(`${it.kind} ${it.name} in ${it.database}${stripped}`)}`);
    }
    if (receipt.unlisted?.moved) lines.push(`    and ${receipt.unlisted.moved} more`);
  }
  if (!clean) {
    lines.push("  residue:");
    for (const it of receipt.residue) {
      lines.push(`    ${it.kind.replaceAll("_", " ")}: ${printable(`${it.what} (${it.where})`)}`);
      if (it.statement) lines.push(`      ${output.style("cyan", printable(it.statement))}`);
    }
    if (receipt.unlisted?.residue) lines.push(`    and ${receipt.unlisted.residue} more`);
  }
  return lines.filter((line) => line !== "").join("\n");
}
