/**
 * The collector: what was delivered becomes an audit event once, or is put aside with the reason. Only what may work
 * at the next try fails; nothing that a record holds can stop those after it (dangers 28).
 */
import { createHash } from "node:crypto";
import { recordAuditEvent } from "../store/audit-events.ts";
import { quarantine } from "../store/quarantine.ts";
import type { Table } from "../store/table.ts";
import type { Installed } from "./from-cloudtrail.ts";
import { type Read, readDelivered } from "./read-delivered.ts";

export interface Collector {
  table: Table;
  installed: Installed;
  clock: () => Date;
}

/** Numbers for the log, which CloudWatch makes metrics of. */
export type Collected = Record<
  "AuditRecorded" | "AuditRepeated" | "AuditQuarantined" | "AuditFailed",
  number
>;

function nothingCollected(): Collected {
  return { AuditRecorded: 0, AuditRepeated: 0, AuditQuarantined: 0, AuditFailed: 0 };
}

/** Keeps what was read, or that it could not be read. */
export async function keep(
  { table, clock }: Collector,
  read: Read,
  text: string,
): Promise<Exclude<keyof Collected, "AuditFailed">> {
  if ("event" in read) return (await recordAuditEvent(table, read.event)) ? "AuditRecorded" : "AuditRepeated";
  const eventId = /"event(?:ID|Id)"\s*:\s*"([\w-]{1,128})"/.exec(text.slice(0, 100_000))?.[1];
  await quarantine(table, {
    sha256: createHash("sha256").update(text).digest("hex"),
    at: clock().toISOString(),
    reason: read.refused,
    bytes: Buffer.byteLength(text),
    ...(eventId ? { eventId } : {}),
  });
  return "AuditQuarantined";
}

/** @returns the ids of the messages that have to come again. */
export async function collect(
  collector: Collector,
  messages: readonly { messageId: string; body: string }[],
): Promise<{ again: string[]; counts: Collected }> {
  const counts = nothingCollected();
  const again: string[] = [];
  const one = async ({ messageId, body }: { messageId: string; body: string }) => {
    try {
      counts[await keep(collector, readDelivered(body, collector.installed), body)] += 1;
    } catch (error) {
      console.error(JSON.stringify({ message: "event not collected", messageId, error: String(error) }));
      counts.AuditFailed += 1;
      again.push(messageId);
    }
  };
  await Promise.all(messages.map(one));
  return { again, counts };
}
