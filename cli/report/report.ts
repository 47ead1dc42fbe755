/** What an auditor asks for in an access review, of one month. */
import type { Instant } from "../../src/grant.ts";
import { isClean } from "../../src/receipt.ts";
import type { FindingView, GrantView, HeldEntry, PasswordEntry } from "../../src/views.ts";
import type { Api, AuditPeriod } from "../api.ts";

export interface Report {
  month: string;
  from: Instant;
  to: Instant;
  /** Every grant that gave access in the month, by database and begin. */
  held: readonly HeldEntry[];
  /** Grants by person and database. */
  people: readonly { requester: string; database: string; grants: number; seconds: number }[];
  /** Open at the end of looking, or closed in the month. */
  findings: readonly FindingView[];
  passwords: readonly PasswordEntry[];
  unknown: readonly string[];
}

async function heldOn(api: Api, database: string, period: AuditPeriod, unknown: Set<string>) {
  const held: HeldEntry[] = [];
  let page: string | undefined;
  do {
    const answer = await api.auditWho({ ...period, database, ...(page === undefined ? {} : { page }) });
    held.push(...answer.held);
    for (const it of answer.unknown) unknown.add(it);
    page = answer.next;
  } while (page !== undefined);
  return held;
}

async function passwordsOf(api: Api, period: AuditPeriod, unknown: Set<string>): Promise<PasswordEntry[]> {
  const passwords: PasswordEntry[] = [];
  let page: string | undefined;
  do {
    const answer = await api.auditPasswords({ ...period, ...(page === undefined ? {} : { page }) });
    passwords.push(...answer.passwords);
    for (const it of answer.unknown) unknown.add(it);
    page = answer.next;
  } while (page !== undefined);
  return passwords;
}

/** Seconds between the end that was wanted and the moment the database was read back; undefined: not over, or not proved. */
export function latenessSeconds({ end, expiresAt, receipt }: GrantView): number | undefined {
  const wanted = end?.cause === "expiry" || end === undefined ? expiresAt : end.at;
  if (wanted === undefined || !receipt) return undefined;
  return Math.max(0, (Date.parse(receipt.readBackAt) - Date.parse(wanted)) / 1000);
}

/** Whether the end is proved and nothing was left. */
export function isProved({ receipt }: GrantView): boolean {
  return receipt !== undefined && isClean(receipt);
}

function heldSeconds({ from, until }: HeldEntry): number {
  return Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000);
}

function byPerson(held: readonly HeldEntry[]): Report["people"] {
  // Node 20 has no Map.groupBy.
  const groups = new Map<string, HeldEntry[]>();
  for (const it of held) {
    const key = JSON.stringify([it.grant.requester, it.grant.database]);
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  return [...groups.values()]
    .map((group) => ({
      requester: group[0]?.grant.requester ?? "",
      database: group[0]?.grant.database ?? "",
      grants: group.length,
      seconds: group.reduce((sum, it) => sum + heldSeconds(it), 0),
    }))
    .sort((one, other) => other.seconds - one.seconds);
}

/** Asks the audit for everything of a month. */
export async function gatherReport(api: Api, month: string, period: AuditPeriod): Promise<Report> {
  const unknown = new Set<string>();
  const passwords = await passwordsOf(api, period, unknown);
  const { findings, databases } = await api.findings(true, period.from);
  const ids = new Set([...databases.map(({ id }) => id), ...passwords.map(({ database }) => database)]);
  const held: HeldEntry[] = [];
  for (const id of [...ids].sort()) held.push(...(await heldOn(api, id, period, unknown)));
  const its = findings.filter((it) => it.openedAt <= period.to);
  return { month, ...period, held, people: byPerson(held), findings: its, passwords, unknown: [...unknown] };
}
