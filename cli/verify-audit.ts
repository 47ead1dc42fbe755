import { brokenLink, type CheckedHour, type DayDigest } from "../src/audit/day-digest.ts";
import type { Api } from "./api.ts";

/** What was compared, and the first day that does not match. */
export interface Verification {
  from?: string;
  to?: string;
  events: number;
  broken?: { day: string; because: string; changed: readonly string[] };
}

async function chainOf(api: Api, from: string | undefined): Promise<DayDigest[]> {
  const chain: DayDigest[] = [];
  for (let next = from, first = true; first || next !== undefined; first = false) {
    const answer = await api.digests(next);
    chain.push(...answer.digests);
    next = answer.next;
  }
  return chain;
}

async function hoursOf(api: Api, day: string): Promise<CheckedHour[]> {
  const hours: CheckedHour[] = [];
  for (let hour: number | undefined = 0; hour !== undefined; ) {
    const answer = await api.checkDay(day, hour);
    hours.push(...answer.hours);
    hour = answer.next;
  }
  return hours;
}

/** Why the day is not what its digest says; undefined: it is. */
function differs(digest: DayDigest, hours: readonly CheckedHour[]): string | undefined {
  for (const now of hours) {
    const then = digest.hours.find((it) => it.hour === now.hour) ?? { events: 0, sha256: now.sha256 };
    const when = `between ${now.hour}:00 and ${now.hour + 1}:00 UTC`;
    if (now.events < then.events) return `of ${then.events} records ${when}, ${now.events} are left`;
    if (now.events > then.events)
      return `of ${now.events} records ${when}, ${then.events} are as old as they say`;
    if (now.sha256 !== then.sha256 || now.changed.length > 0) {
      return `events that were recorded ${when} have been changed or removed`;
    }
  }
  return undefined;
}

/** Compares the audit, day by day from this one or from its beginning, with the digests that were kept apart from it. */
export async function verifyAudit(
  api: Api,
  from: string | undefined,
  look: (day: string) => void,
): Promise<Verification> {
  const chain = await chainOf(api, from);
  const broken = brokenLink(chain);
  let events = 0;
  for (const digest of chain) {
    if (digest === broken) {
      const because = "its digest does not follow from the day before, or not from what it says itself";
      return { ...ends(chain), events, broken: { day: digest.day, because, changed: [] } };
    }
    look(digest.day);
    const hours = await hoursOf(api, digest.day);
    const because = differs(digest, hours);
    const changed = hours.flatMap((it) => it.changed);
    if (because) return { ...ends(chain), events, broken: { day: digest.day, because, changed } };
    events += hours.reduce((sum, it) => sum + it.events, 0);
  }
  return { ...ends(chain), events };
}

function ends(chain: readonly DayDigest[]): Pick<Verification, "from" | "to"> {
  const [first, last] = [chain[0]?.day, chain.at(-1)?.day];
  return first === undefined || last === undefined ? {} : { from: first, to: last };
}
