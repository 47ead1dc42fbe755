/**
 * Logins by IAM that nothing explains (pure). RDS tells how many there were and never whose, so judged is only the time
 * in which nobody had a reason to be counted: no grant by IAM was open, and no function of dblease was at a database.
 */
import type { Config } from "../config.ts";
import type { Observation } from "../finding.ts";
import { type Grant, type Instant, isOpen, type Member } from "../grant.ts";
import { hasAdmin } from "../has-admin.ts";
import { databasesOnServer } from "../known-users.ts";
import type { LoginCount, LoginWatch, StrangeHour } from "../login-watch.ts";
import type { Stock } from "../stock.ts";

/** Sums of five minutes are kept for 63 days and cost what an hour's cost; a short grant explains less of the day. */
export const spanSeconds = 300;
const spanMs = spanSeconds * 1000;

/**
 * Before and after what explains a login: a token lives 15 minutes, no function that logs in runs longer than one, and
 * CloudWatch is minutes late.
 */
export const marginMs = 1_800_000;

const weekMs = 7 * 86_400_000;

/** What the finding is about; that of an attempt names a principal. */
export const beyondGrants = "beyond grants";

export interface Reason {
  from: Instant;
  until: Instant;
}

function iso(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** From here on a server is judged that is in order at `now`: what was before, this look does not know. */
export function firstJudged(now: Date): Instant {
  return iso(Math.ceil((now.getTime() + marginMs) / spanMs) * spanMs);
}

/** Until here CloudWatch has told everything. */
export function settledUntil(now: Date): Instant {
  return iso(Math.floor((now.getTime() - marginMs) / spanMs) * spanMs);
}

/** Databases of the configuration whose grants log in to these members; the first one speaks for the server. */
function databasesOf(config: Config, database: string, members: readonly Member[]): string[] {
  const here = databasesOnServer(config, database);
  return Object.entries(config.databases)
    .filter(([id, it]) => hasAdmin(it) && (here.includes(id) || members.some(({ id }) => id === it.instance)))
    .map(([id]) => id)
    .sort();
}

/** What one look at a database knows of who may log in to its server. */
export interface LoginSituation {
  config: Config;
  database: string;
  members: readonly Member[];
  /** Why this is not the server that was accepted. */
  moved: string | undefined;
  /** Absent: the engine does not tell its users. */
  stock: Stock | undefined;
  /** Names of dblease's functions that log in to databases of this engine. */
  functions: readonly string[];
}

export interface Watched {
  /** The server with all that its judgement rests on; where it changes, judging begins anew. */
  of: string;
  databases: readonly string[];
  /** RDS identifiers. */
  members: readonly string[];
}

/** Undefined: somebody who needs no grant may be counted, or nobody knows, so that no count says anything. */
export function watched(situation: LoginSituation): Watched | undefined {
  const { config, database, moved, stock, functions } = situation;
  const members = situation.members.filter((it) => it.iamEnabled);
  const databases = databasesOf(config, database, situation.members);
  if (moved || members.length === 0 || functions.length === 0 || databases[0] !== database) return undefined;
  // A proxy tries again for a client that has outstayed its grant, and may be counted.
  if (databases.some((it) => config.databases[it]?.proxy !== undefined)) return undefined;
  if (!stock || stock.more > 0 || stock.users.some(needsNoGrant)) return undefined;
  return {
    of: JSON.stringify([members[0]?.resourceId, databases, functions]),
    databases,
    members: members.map((it) => it.id),
  };
}

/** The admin is dblease's own: it logs in while a function of dblease runs, and at no other time. */
function needsNoGrant({ byIam, reason }: Stock["users"][number]): boolean {
  return byIam && !["admin", "grant", "unexplained"].includes(reason);
}

/** @param grants of the server's databases, whatever their model. */
export function reasons(
  grants: readonly Pick<Grant, "model" | "status" | "activatedAt" | "closedAt">[],
  calls: readonly Instant[],
  now: Date,
): Reason[] {
  const ofGrants = grants.flatMap(({ model, status, activatedAt, closedAt }): Reason[] => {
    if (model !== "iam" || activatedAt === undefined) return [];
    return [
      { from: activatedAt, until: isOpen(status) ? now.toISOString() : (closedAt ?? now.toISOString()) },
    ];
  });
  return [...ofGrants, ...calls.map((at) => ({ from: at, until: iso(Date.parse(at) + spanMs) }))];
}

/** Those that no reason comes near. */
export function withoutReason(counts: readonly LoginCount[], known: readonly Reason[]): LoginCount[] {
  return counts.filter(({ at, logins }) => {
    const begin = Date.parse(at) - marginMs;
    const end = Date.parse(at) + spanMs + marginMs;
    return logins > 0 && !known.some((it) => Date.parse(it.from) <= end && Date.parse(it.until) >= begin);
  });
}

/** With those of the hours before, for a week. */
export function strangeHours(
  before: LoginWatch["strange"],
  counts: readonly LoginCount[],
  now: Date,
): StrangeHour[] {
  const hours = new Map(before.map((it) => [it.at, it]));
  for (const { at, member, logins } of counts) {
    const hour = `${at.slice(0, 13)}:00:00.000Z`;
    const known = hours.get(hour) ?? { at: hour, logins: 0, members: [] };
    hours.set(hour, {
      at: hour,
      logins: known.logins + logins,
      members: [...new Set([...known.members, member])].sort(),
    });
  }
  return [...hours.values()]
    .filter((it) => Date.parse(it.at) + weekMs > now.getTime())
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

function loginsText(logins: number): string {
  return logins === 1 ? "1 login by IAM" : `${logins} logins by IAM`;
}

function evidence({ at, logins, members }: StrangeHour): string {
  const end = iso(Date.parse(at) + 3_600_000);
  const time = `${at.slice(0, 10)} between ${at.slice(11, 16)} and ${end.slice(11, 16)} UTC`;
  return `${loginsText(logins)} to ${members.join(", ")} on ${time}, while no grant by IAM was open`;
}

/** A fact of the past stays one: told for a week. */
export function strangeLogins(strange: LoginWatch["strange"], now: Date): Observation[] {
  const hours = strangeHours(strange, [], now);
  if (hours.length === 0) return [];
  const logins = hours.reduce((sum, it) => sum + it.logins, 0);
  return [
    {
      kind: "iam_login",
      what: beyondGrants,
      severity: "high",
      sentence: `${loginsText(logins)} within a week while no grant by IAM was open, and dblease did not log in`,
      evidence: hours.map(evidence),
      repair: "dblease audit scan",
    },
  ];
}
