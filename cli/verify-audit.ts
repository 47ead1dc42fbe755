import {
  beginning,
  brokenLink,
  type CheckedHour,
  type DayDigest,
  dayAfter,
} from "../src/audit/day-digest.ts";
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
  now: Date,
  look: (day: string) => void,
): Promise<Verification> {
  const chain = await chainOf(api, from);
  const broken = brokenLink(chain);
  const lost = lostDay(chain, from, now);
  let events = 0;
  for (const digest of chain) {
    if (digest === broken || (digest === chain[0] && lost === digest.day)) {
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
  if (lost !== undefined) {
    const because = "its digest is gone, or was never made; the digest function's log says which";
    return { ...ends(chain), events, broken: { day: lost, because, changed: [] } };
  }
  return { ...ends(chain), events };
}

/** The digest of a day is there 27 hours after its end; by then, and half a day for a function that was tried again. */
const madeAfterMs = 39 * 3_600_000;

/** A day that must have a digest and is not in the chain, where the first day of all must be the beginning. */
function lostDay(chain: readonly DayDigest[], from: string | undefined, now: Date): string | undefined {
  const [first, last] = [chain[0], chain.at(-1)];
  if (!first || !last) return undefined;
  if (from === undefined && first.previous !== beginning) return first.day;
  const next = dayAfter(last.day);
  return Date.parse(dayAfter(next)) + madeAfterMs < now.getTime() ? next : undefined;
}

function ends(chain: readonly DayDigest[]): Pick<Verification, "from" | "to"> {
  const [first, last] = [chain[0]?.day, chain.at(-1)?.day];
  return first === undefined || last === undefined ? {} : { from: first, to: last };
}
