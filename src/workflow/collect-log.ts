/** Lines of databases' logs to the sessions of their grants; whatever no grant explains becomes an audit event. */
import type { AuditEvent } from "../audit/audit-event.ts";
import { readIamRefusal } from "../audit/iam-auth-error-log.ts";
import type { LogBatch } from "../audit/log-batch.ts";
import { databasesOn, type LogGroup, readLogGroup } from "../audit/log-group.ts";
import { readMysqlAuditLine } from "../audit/mysql-audit-log.ts";
import { strangerFound } from "../audit/passing-findings.ts";
import { readPostgresLine } from "../audit/postgres-log.ts";
import { grantIdOf, type SessionNote } from "../audit/session-note.ts";
import type { Config } from "../config.ts";
import type { GrantId } from "../grant.ts";
import { recordAuditEvent } from "../store/audit-events.ts";
import { readConfigItem } from "../store/configs.ts";
import { findGrants } from "../store/find-grants.ts";
import { noteSession } from "../store/sessions.ts";
import type { Table } from "../store/table.ts";
import { recordFindings } from "./record-findings.ts";

interface Noted {
  id: string;
  note: SessionNote;
  /** Principal that a refused token was signed by. */
  caller?: string;
}

type ReadLine = (text: string, next?: string) => Omit<Noted, "id"> | undefined;

const noteBy =
  (read: (text: string, next?: string) => SessionNote | undefined) => (text: string, next?: string) => {
    const note = read(text, next);
    return note && { note };
  };

/** A refused token never became a connection that the server would know. */
function readRefusal(text: string): Omit<Noted, "id"> | undefined {
  const found = readIamRefusal(text);
  if (!found) return undefined;
  const { at, username, code, caller } = found;
  const note = { kind: "refused", at, username, code, connection: `token ${at}` } as const;
  return caller ? { note, caller } : { note };
}

/** By the last word of the log group's name, as RDS names it. */
const readers: Readonly<Record<string, ReadLine>> = {
  postgresql: noteBy(readPostgresLine),
  audit: noteBy(readMysqlAuditLine),
  "iam-db-auth-error": readRefusal,
};

/** The first database of the configuration on this server, else the server. */
function databaseOn(config: Config, group: LogGroup): string {
  return databasesOn(config, group)[0] ?? group.server;
}

/** Nobody has asked for it: a user of our kind of name that no grant has, or an AWS principal that RDS refused. */
function strangeEvent({ id, note, caller }: Noted, database: string): AuditEvent {
  const { kind, at, username, address, code, application, connection } = note;
  return {
    id: `log-${id}`,
    at,
    origin: "database-log",
    name: caller ? "IamLoginRefused" : "SessionWithoutGrant",
    actor: caller ? { name: caller, arn: caller } : { name: username },
    ...(address ? { address } : {}),
    database,
    ...(kind === "refused" ? { attempt: { code: code ?? "refused" } } : {}),
    facts: { username, kind, connection, ...(application ? { application } : {}) },
  };
}

function notesOf({ logEvents }: LogBatch, read: ReadLine): Noted[] {
  return logEvents.flatMap(({ id, message }, index) => {
    const found = read(message, logEvents[index + 1]?.message);
    return found ? [{ id, ...found }] : [];
  });
}

/** Grants that a batch may name at once. */
const mostGrants = 100;

async function existing(table: Table, ids: readonly GrantId[]): Promise<Set<GrantId>> {
  const found = new Set<GrantId>();
  for (let first = 0; first < ids.length; first += mostGrants) {
    for (const it of await findGrants(table, ids.slice(first, first + mostGrants))) found.add(it.id);
  }
  return found;
}

/** @returns how many lines were of sessions. */
export async function collectLog(
  { table, clock }: { table: Table; clock: () => Date },
  batch: LogBatch,
): Promise<{ noted: number; strange: number }> {
  const group = readLogGroup(batch.logGroup);
  const read = readers[group.type];
  if (!read) throw new Error(`the log group ${batch.logGroup} is none of a database that RDS names`);
  const notes = notesOf(batch, read);
  const grants = await existing(table, [
    ...new Set(notes.flatMap(({ note }) => grantIdOf(note.username) ?? [])),
  ]);
  let strange = 0;
  for (const it of notes) {
    const grantId = grantIdOf(it.note.username);
    if (grantId !== undefined && grants.has(grantId)) await noteSession(table, grantId, it.id, it.note);
    // Anybody on the network can be refused under any name; only whom AWS knows is worth a record.
    else if (it.caller || it.note.kind !== "refused") {
      const database = databaseOn((await readConfigItem(table)).config, group);
      await recordAuditEvent(table, strangeEvent(it, database));
      const found = strangerFound(it.note, it.caller);
      await recordFindings({ table, clock }, database, [found], () => false, found.kind);
      strange += 1;
    }
  }
  return { noted: notes.length - strange, strange };
}
