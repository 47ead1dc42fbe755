/**
 * The proof of a revoke: what the database's own catalogue said after the drop (docs/design.md, section 1.2).
 * A refused password proves nothing and is not in here (dangers 17).
 */
import type { Instant } from "./grant.ts";

/** One thing a revoke left behind. */
export interface Residue {
  kind:
    | "user"
    | "session"
    | "privilege"
    | "membership"
    | "object"
    | "executable"
    | "prepared_transaction"
    | "unreachable";
  /** Database or member in which it was found. */
  where: string;
  /** What it is, in the engine's own words, for example `function public.leak()`. */
  what: string;
  /** The statement with which a person finishes it, where one is known. */
  statement?: string;
}

/** Data that moved to the powerless `jit_graveyard` with all its ACLs stripped; nobody lost a row. */
export interface MovedObject {
  database: string;
  kind: string;
  name: string;
  /** Grants to others that were stripped on the way, as `grantee: privileges`. */
  stripped: readonly string[];
}

/** What one server process said in the read-back. */
export interface MemberReading {
  member: string;
  host: string;
  port: number;
  sessions: number;
  readAt: Instant;
}

/** One session as the server's own view of sessions has it. */
export interface OpenSession {
  /** As the server's own log tells it, so that both are known to be one. */
  connection: string;
  address?: string;
  application?: string;
  startedAt?: Instant;
}

export interface Receipt {
  username: string;
  userOid?: string;
  fencedAt: Instant;
  droppedAt?: Instant;
  readBackAt: Instant;
  /** Open sessions that this revoke ended. */
  sessionsEnded: number;
  /** Which they were, as far as they fit; absent: the engine does not tell. */
  ended?: readonly OpenSession[];
  /** After the drop: all zero, and `residue` empty, means gone. */
  users: number;
  sessions: number;
  privileges: number;
  objects: number;
  preparedTransactions: number;
  members: readonly MemberReading[];
  /**
   * The server on which the user was made no longer stands under its database's name. `exists`: it goes on under another
   * and is among the members; otherwise RDS has it no more, and nobody can read it.
   */
  formerServer?: { id: string; exists: boolean };
  /** Policy mode: IAM was read and had no policy of this grant any more. */
  iamPolicy?: { role: string; absentAt: Instant };
  moved: readonly MovedObject[];
  residue: readonly Residue[];
  /** How many more there are of each than fit in here. */
  unlisted?: { moved: number; residue: number };
}

/**
 * Of each list. A row may have 400 KB, an event on the bus or a message 256 KB (DynamoDB, EventBridge and SNS quotas); the
 * message tells the residue twice.
 */
const listBytes = 50_000;

function fitting<Entry>(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0;
  const first = entries.findIndex((it) => {
    bytes += Buffer.byteLength(JSON.stringify(it));
    return bytes > listBytes;
  });
  return first < 0 ? entries : entries.slice(0, first);
}

/** The receipt as it is kept: somebody who leaves ten thousand tables behind must not keep it from being written. */
export function kept(receipt: Receipt): Receipt {
  const [moved, residue] = [fitting(receipt.moved), fitting(receipt.residue)];
  const unlisted = {
    moved: receipt.moved.length - moved.length + (receipt.unlisted?.moved ?? 0),
    residue: receipt.residue.length - residue.length,
  };
  const all = unlisted.moved + unlisted.residue === 0;
  const ended = receipt.ended ? { ended: fitting(receipt.ended) } : {};
  return { ...receipt, ...ended, moved, residue, ...(all ? {} : { unlisted }) };
}

/** Sessions that were told to end, each once however often it was told. */
export function eachOnce(...told: readonly (readonly OpenSession[])[]): OpenSession[] {
  return [...new Map(told.flat().map((it) => [it.connection, it])).values()];
}

function later(one: Instant | undefined, other: Instant | undefined): Instant | undefined {
  return [one, other]
    .filter((it) => it !== undefined)
    .sort()
    .at(-1);
}

/** One receipt of what two servers said. */
export function together(one: Receipt, other: Receipt): Receipt {
  const userOid = one.userOid ?? other.userOid;
  const droppedAt = later(one.droppedAt, other.droppedAt);
  return {
    username: one.username,
    ...(userOid === undefined ? {} : { userOid }),
    fencedAt: later(one.fencedAt, other.fencedAt) ?? one.fencedAt,
    ...(droppedAt === undefined ? {} : { droppedAt }),
    readBackAt: later(one.readBackAt, other.readBackAt) ?? one.readBackAt,
    sessionsEnded: one.sessionsEnded + other.sessionsEnded,
    ended: [...(one.ended ?? []), ...(other.ended ?? [])],
    users: one.users + other.users,
    sessions: one.sessions + other.sessions,
    privileges: one.privileges + other.privileges,
    objects: one.objects + other.objects,
    preparedTransactions: one.preparedTransactions + other.preparedTransactions,
    members: [...one.members, ...other.members],
    moved: [...one.moved, ...other.moved],
    residue: [...one.residue, ...other.residue],
  };
}

/** Of a user whose server is gone, and whose database has no other: there is nothing that could be read. */
export function withoutServer(username: string, now: Date): Receipt {
  const at = now.toISOString();
  const none = {
    sessionsEnded: 0,
    users: 0,
    sessions: 0,
    privileges: 0,
    objects: 0,
    preparedTransactions: 0,
  };
  return { username, fencedAt: at, readBackAt: at, ...none, members: [], moved: [], residue: [] };
}

export function isClean(receipt: Receipt): boolean {
  return receipt.residue.length === 0 && !receipt.unlisted?.residue;
}
