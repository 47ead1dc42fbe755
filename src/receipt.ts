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

export interface Receipt {
  username: string;
  userOid?: string;
  fencedAt: Instant;
  droppedAt?: Instant;
  readBackAt: Instant;
  /** Open sessions that this revoke ended. */
  sessionsEnded: number;
  /** After the drop: all zero, and `residue` empty, means gone. */
  users: number;
  sessions: number;
  privileges: number;
  objects: number;
  preparedTransactions: number;
  members: readonly MemberReading[];
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
  return { ...receipt, moved, residue, ...(all ? {} : { unlisted }) };
}

export function isClean(receipt: Receipt): boolean {
  return receipt.residue.length === 0 && !receipt.unlisted?.residue;
}
