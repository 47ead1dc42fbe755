/** One hour of the record against the table as it is now. */
import { itemsAt, recordEntries } from "../store/audit-record.ts";
import { keys, type Table } from "../store/table.ts";
import { type AuditEvent, linesOf } from "./audit-event.ts";
import { type CheckedHour, type Day, hourDigest, itemHash, type RecordEntry } from "./day-digest.ts";

interface Key {
  pk: string;
  sk: string;
}

const name = ({ pk, sk }: Key) => `${pk} ${sk}`;

/**
 * Reads every event that was recorded in this hour, and the copies that questions read, and hashes what is there now.
 * What was removed from the record, or added to it, changes the digest itself.
 */
export async function checkHour(table: Table, day: Day, hour: number): Promise<CheckedHour> {
  const entries = await recordEntries(table, day, hour);
  const items = new Map((await itemsAt(table, entries.map(keyOf))).map((it) => [name(it as never), it]));
  const changed = entries.filter((entry) => {
    const item = items.get(name(entry));
    return item === undefined || itemHash(item) !== entry.sha256;
  });
  const copies = await changedCopies(table, [...items.values()]);
  const now = entries.map((entry) => {
    const item = items.get(name(entry));
    return { ...entry, sha256: item ? itemHash(item) : "" };
  });
  return { ...hourDigest(hour, now), changed: [...changed.map(name), ...copies].slice(0, 10) };
}

function keyOf({ pk, sk }: RecordEntry): Key {
  return { pk, sk };
}

/** The same event stands on several lines; a question reads one of them. */
async function changedCopies(table: Table, items: readonly Record<string, unknown>[]): Promise<string[]> {
  const wanted = new Map<string, { key: Key; hash: string }>();
  for (const item of items) {
    if (!String(item.pk).startsWith("audit#")) continue;
    const { pk: _, sk: __, ...rest } = item;
    const event = rest as unknown as AuditEvent;
    for (const line of linesOf(event)) {
      const key = keys.auditLine(line.kind, line.key, event.at, event.id);
      wanted.set(name(key), { key, hash: itemHash({ ...key, ...rest }) });
    }
  }
  const there = await itemsAt(
    table,
    [...wanted.values()].map((it) => it.key),
  );
  const hashes = new Map(there.map((it) => [name(it as never), itemHash(it)]));
  return [...wanted].flatMap(([at, { hash }]) => (hashes.get(at) === hash ? [] : [at]));
}
