import { type GrantStatus, type Instant, isOpen } from "../../src/grant.ts";
import { isClean } from "../../src/receipt.ts";
import type { FindingView, GrantView, HeldEntry, Session } from "../../src/views.ts";
import type { TimelineFilter } from "./timeline-filter.ts";
import { ifAllowed, type Reading } from "./visit.ts";

/** A grant on the timeline. */
export interface TimelineEntry {
  grant: GrantView;
  /** From when to when it gave access; absent: it never did. */
  held?: { from: Instant; until: Instant };
  sessions: readonly Session[];
  /** When login tokens were handed out. */
  tokens: readonly Instant[];
  /** One answer did not hold all of them. */
  hasMoreTokens?: boolean;
}

export interface Timeline {
  entries: readonly TimelineEntry[];
  findings: readonly FindingView[];
  /** Names to choose from. */
  databases: readonly string[];
  persons: readonly string[];
  unknown: readonly string[];
  /** One answer did not hold all of these databases. */
  cut: readonly string[];
  /** Otherwise it shows what this person may see without being an auditor. */
  isAudit: boolean;
}

/** Pages of the audit that are read of each database; beyond, the period has to be narrowed. */
const pagesPerDatabase = 8;
/** How many grants are asked about at the same time. */
const atOnce = 8;

const troubled: readonly GrantStatus[] = ["grant_failed", "revoke_failed", "quarantined"];

function isShown({ status, receipt }: GrantView, show: TimelineFilter["show"]): boolean {
  if (show === "open") return isOpen(status);
  if (show === "ended") return !isOpen(status);
  return show === "all" || troubled.includes(status) || (receipt !== undefined && !isClean(receipt));
}

function entryOf(grant: GrantView, now: Date): TimelineEntry {
  const { activatedAt: from, closedAt, expiresAt } = grant;
  const until = closedAt ?? expiresAt ?? now.toISOString();
  return { grant, ...(from ? { held: { from, until } } : {}), sessions: [], tokens: [] };
}

/** From the request to the end. */
function touches({ grant, held }: TimelineEntry, { from, to }: TimelineFilter): boolean {
  const end = held?.until ?? grant.closedAt ?? grant.approveBy;
  return grant.requestedAt <= to && end >= from;
}

interface Audited {
  held: readonly HeldEntry[];
  unknown: readonly string[];
  cut: boolean;
}

async function audited(api: Reading, database: string, { from, to }: TimelineFilter): Promise<Audited> {
  const held: HeldEntry[] = [];
  const unknown: string[] = [];
  let page: string | undefined;
  for (let count = 0; count < pagesPerDatabase; count++) {
    const answer = await api.auditWho({ database, from, to, ...(page === undefined ? {} : { page }) });
    held.push(...answer.held);
    unknown.push(...answer.unknown);
    page = answer.next;
    if (page === undefined) break;
  }
  return { held, unknown, cut: page !== undefined };
}

/** Tokens stand in the life of each grant by IAM; grants by password have none. */
async function withTokens(api: Reading, entries: readonly TimelineEntry[]): Promise<TimelineEntry[]> {
  const all = [...entries];
  const byIam = all.flatMap((it, place) => (it.grant.model === "iam" && it.held ? [place] : []));
  for (let first = 0; first < byIam.length; first += atOnce) {
    const ask = async (place: number) => {
      const it = all[place];
      if (!it) return;
      const { moments, next } = await api.auditGrant(it.grant.id);
      all[place] = {
        ...it,
        tokens: moments.filter(({ name }) => name === "TokenIssued").map(({ at }) => at),
        hasMoreTokens: next !== undefined,
      };
    };
    await Promise.all(byIam.slice(first, first + atOnce).map(ask));
  }
  return all;
}

function namesOf(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort((a, b) => a.localeCompare(b));
}

/** What this person may see: an auditor all that gave access, everybody else their own and what they look after. */
export async function findTimeline(api: Reading, filter: TimelineFilter, now: Date): Promise<Timeline> {
  const [grants, databases, found] = await Promise.all([
    api.grants(),
    api.databases(),
    ifAllowed(api.findings(true, filter.from)),
  ]);
  const known = namesOf([
    ...grants.map((it) => it.database),
    ...databases.map(({ id }) => id),
    ...(found?.databases ?? []).map(({ id }) => id),
    ...(filter.database === "" ? [] : [filter.database]),
  ]);
  const wanted = known.filter((it) => filter.database === "" || it === filter.database);
  const answers = await ifAllowed(Promise.all(wanted.map((it) => audited(api, it, filter))));
  const entries = new Map(grants.map((it) => [it.id, entryOf(it, now)]));
  for (const { grant, from, until, sessions } of (answers ?? []).flatMap(({ held }) => held))
    entries.set(grant.id, { grant, held: { from, until }, sessions, tokens: [] });
  const inPeriod = [...entries.values()].filter(
    (it) => wanted.includes(it.grant.database) && touches(it, filter),
  );
  const shown = inPeriod.filter(
    ({ grant }) => (filter.person === "" || grant.requester === filter.person) && isShown(grant, filter.show),
  );
  shown.sort((a, b) => a.grant.requestedAt.localeCompare(b.grant.requestedAt));
  return {
    entries: answers ? await withTokens(api, shown) : shown,
    findings: (found?.findings ?? []).filter((it) => isOf(it, filter)),
    databases: known,
    persons: namesOf([
      ...inPeriod.map(({ grant }) => grant.requester),
      ...(filter.person === "" ? [] : [filter.person]),
    ]),
    unknown: (answers ?? []).flatMap((it) => it.unknown),
    cut: wanted.filter((_, place) => answers?.[place]?.cut),
    isAudit: answers !== undefined,
  };
}

/** Those that ended before the period are not among them. */
function isOf({ database, openedAt }: FindingView, filter: TimelineFilter): boolean {
  const isThere = filter.database === "" || database === filter.database || database === "*";
  return isThere && openedAt <= filter.to;
}
