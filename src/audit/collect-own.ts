import type { DbleaseEvent } from "../events.ts";
import { recordAuditEvent } from "../store/audit-events.ts";
import { holdGrant } from "../store/held-grants.ts";
import type { Table } from "../store/table.ts";
import { fromDblease, type OwnEvent } from "./from-dblease.ts";

/** Puts one of dblease's own events on its lines, and points from the days of its grant to it. May be repeated. */
export async function collectOwn(table: Table, event: DbleaseEvent | OwnEvent): Promise<void> {
  const audit = fromDblease(event);
  if (audit) await recordAuditEvent(table, audit);
  if ("grant" in event) await holdGrant(table, event);
}
