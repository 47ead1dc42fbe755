/** Brings findings to what was observed: new ones open, known ones count, those that are gone close. */
import {
  type Finding,
  type FindingEvent,
  type FindingKind,
  findingId,
  isAcknowledged,
  type Observation,
} from "../finding.ts";
import type { Instant } from "../grant.ts";
import { changeFinding, findFindings, seeFindingAgain } from "../store/findings.ts";
import { isConditionFailure, type Table } from "../store/table.ts";

interface Recorder {
  table: Table;
  clock: () => Date;
}

function opened(
  known: Finding | undefined,
  id: string,
  database: string,
  it: Observation,
  at: string,
): Finding {
  const firstSeenAt = known?.firstSeenAt ?? known?.openedAt ?? at;
  const version = (known?.version ?? 0) + 1;
  return { ...it, id, database, version, firstSeenAt, openedAt: at, seen: 1, seenAt: at };
}

/** What somebody had acknowledged, and has changed or run out since: it is told again. */
function told({ acknowledged: _, ...before }: Finding, it: Observation, at: string): Finding {
  return { ...before, ...it, version: before.version + 1, seen: before.seen + 1, seenAt: at };
}

async function record(
  { table, clock }: Recorder,
  database: string,
  it: Observation,
  known: Finding | undefined,
): Promise<Finding> {
  const now = clock();
  const at = now.toISOString();
  const id = findingId(database, it);
  const open = known?.closedAt === undefined ? known : undefined;
  if (open && (!open.acknowledged || isAcknowledged(open, now, it))) {
    const again = { ...open, ...it, seen: open.seen + 1, seenAt: at };
    await seeFindingAgain(table, again);
    return again;
  }
  const finding = open ? told(open, it, at) : opened(known, id, database, it, at);
  await change(table, finding, "FindingOpened", at);
  return finding;
}

/** Two looks at once see the same: the first one writes it. */
async function change(
  table: Table,
  finding: Finding,
  name: FindingEvent["name"],
  at: Instant,
): Promise<void> {
  await changeFinding(table, finding, { name, at, actor: "dblease" }).catch((error: unknown) => {
    if (!isConditionFailure(error)) throw error;
  });
}

async function close({ table, clock }: Recorder, { acknowledged: _, ...it }: Finding): Promise<void> {
  const at = clock().toISOString();
  const closed = { ...it, version: it.version + 1, closedAt: at };
  await change(table, closed, "FindingClosed", at);
}

/**
 * @param database whose findings they are; `*`: those about all.
 * @param wasLookedAt tells of a known finding whether it would have been observed; if not, it stays as it is.
 * @param kind the one that all observations are of; absent: of several.
 * @returns the findings that are open now and were observed.
 */
export async function recordFindings(
  recorder: Recorder,
  database: string,
  observations: readonly Observation[],
  wasLookedAt: (finding: Finding) => boolean,
  kind?: FindingKind,
): Promise<Finding[]> {
  const known = new Map((await findFindings(recorder.table, database, kind)).map((it) => [it.id, it]));
  const found: Finding[] = [];
  for (const it of observations) {
    found.push(await record(recorder, database, it, known.get(findingId(database, it))));
  }
  const observed = new Set(found.map((it) => it.id));
  for (const it of known.values()) {
    if (it.closedAt === undefined && !observed.has(it.id) && wasLookedAt(it)) await close(recorder, it);
  }
  return found;
}
