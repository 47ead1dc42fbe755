/** Brings the findings of one database to what was observed: new ones open, known ones count, the others close. */
import { type Finding, findingId, type Observation } from "../finding.ts";
import { changeFinding, findFindings, seeFindingAgain } from "../store/findings.ts";
import type { Table } from "../store/table.ts";

function reopened(
  known: Finding | undefined,
  id: string,
  database: string,
  it: Observation,
  at: string,
): Finding {
  return { ...it, id, database, version: (known?.version ?? 0) + 1, openedAt: at, seen: 1, seenAt: at };
}

/**
 * @param complete everything was looked at, so what was not observed is gone; otherwise it stays open.
 * @returns the findings that are open now and were observed.
 */
export async function recordFindings(
  parts: { table: Table; clock: () => Date },
  database: string,
  observations: readonly Observation[],
  { complete }: { complete: boolean },
): Promise<Finding[]> {
  const at = parts.clock().toISOString();
  const known = new Map((await findFindings(parts.table, database)).map((it) => [it.id, it]));
  const observed = new Map<string, Finding>();
  for (const it of observations) {
    const id = findingId(database, it);
    const before = known.get(id);
    const isOpen = before !== undefined && before.closedAt === undefined;
    const finding = isOpen
      ? { ...before, ...it, seen: before.seen + 1, seenAt: at }
      : reopened(before, id, database, it, at);
    observed.set(id, finding);
    if (isOpen) await seeFindingAgain(parts.table, finding);
    else await changeFinding(parts.table, finding, "dblease");
  }
  for (const it of complete ? known.values() : []) {
    if (it.closedAt !== undefined || observed.has(it.id)) continue;
    await changeFinding(parts.table, { ...it, version: it.version + 1, closedAt: at }, "dblease");
  }
  return [...observed.values()];
}
