/** Answers of the audit as rows for spreadsheets. */
import { isClean } from "../src/receipt.ts";
import type { HeldEntry, Moment, PasswordEntry, Session, SessionEntry } from "../src/views.ts";
import type { CsvRow } from "./csv-text.ts";

export function heldRow({ grant, from, until, sessions }: HeldEntry): CsvRow {
  return {
    grant: grant.id,
    requester: grant.requester,
    database: grant.database,
    role: grant.role,
    username: grant.username,
    from,
    until,
    status: grant.status,
    reason: grant.reason,
    ticket: grant.ticket,
    rule: grant.rule,
    because: grant.because,
    approvers: grant.approvals.map((it) => it.name).join(" "),
    sessions: sessions.length,
    addresses: [...new Set(sessions.flatMap((it) => it.address ?? []))].join(" "),
    clean: grant.receipt ? isClean(grant.receipt) : undefined,
    readBackAt: grant.receipt?.readBackAt,
  };
}

export function momentRow({ at, name, actor, grantId, sentence }: Moment): CsvRow {
  return { at, name, actor, grant: grantId, sentence };
}

export function sessionRow(it: Session & Partial<SessionEntry>): CsvRow {
  const {
    grantId: grant,
    requester,
    username,
    startedAt,
    endedAt,
    endedBy,
    seenAt,
    address,
    application,
    tls,
  } = it;
  return { grant, requester, username, startedAt, endedAt, endedBy, seenAt, address, application, tls };
}

export function passwordRow({ readers, readersComplete, ...it }: PasswordEntry): CsvRow {
  const { id, database, user, secret, since, rotatedAt, changedAt, overdue } = it;
  const reads = readers.reduce((sum, { count }) => sum + count, 0);
  const names = readers.map(({ reader }) => reader).join(" ");
  return {
    id,
    database,
    user,
    secret,
    since,
    rotatedAt,
    changedAt,
    overdue,
    reads,
    readers: names,
    readersComplete,
  };
}
