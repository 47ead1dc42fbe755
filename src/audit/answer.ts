/** What questions of the audit are answered with. */
import type { GrantId, Instant } from "../grant.ts";
import type { GrantView } from "../views.ts";
import type { Refusal, Session } from "./sessions.ts";

/** Something that happened, as a person tells it. */
export interface Moment {
  at: Instant;
  /** As its origin calls it: `GrantActivated`, `GetSecretValue`. */
  name: string;
  actor: string;
  sentence: string;
  grantId?: GrantId;
}

export interface Answer {
  /** What this answer can not know, a sentence each. */
  unknown: readonly string[];
  /** There is more: ask again with this as `page`. */
  next?: string;
}

/** `dblease audit grant`: the whole life of one grant. */
export interface GrantAnswer extends Answer {
  grant: GrantView;
  moments: readonly Moment[];
  sessions: readonly Session[];
  /** Logins under the name of its user that the server refused. */
  refusals: readonly Refusal[];
}

/** One grant that gave access in the period that was asked about. */
export interface HeldEntry {
  from: Instant;
  /** The proved end; of a grant that is not closed its planned one. */
  until: Instant;
  grant: GrantView;
  sessions: readonly Session[];
}

/** `dblease audit who`: who had access to a database. */
export interface WhoAnswer extends Answer {
  database: string;
  from: Instant;
  to: Instant;
  held: readonly HeldEntry[];
}

/** `dblease audit person`: what somebody did, and what was done to them. */
export interface PersonAnswer extends Answer {
  person: string;
  from: Instant;
  to: Instant;
  moments: readonly Moment[];
}

export interface SessionEntry extends Session {
  grantId: GrantId;
  requester: string;
  username: string;
}

/** `dblease audit sessions`: the sessions that a database had from grants. */
export interface SessionsAnswer extends Answer {
  database: string;
  from: Instant;
  to: Instant;
  sessions: readonly SessionEntry[];
}

export interface SecretReader {
  reader: string;
  count: number;
  lastAt: Instant;
}

/** One managed password. */
export interface PasswordEntry {
  /** Id of the rotation, or `admin of <database>`. */
  id: string;
  database: string;
  user?: string;
  secret: string;
  /** Since when it is in force, as far as dblease or Secrets Manager know. */
  since?: Instant;
  /** Last rotation of dblease. */
  rotatedAt?: Instant;
  /** Last change that Secrets Manager saw, whoever made it. */
  changedAt?: Instant;
  overdue: boolean;
  /** Who read it in the period. */
  readers: readonly SecretReader[];
  /** Otherwise there are more reads than one answer looks at. */
  readersComplete: boolean;
}

/** `dblease audit passwords`: age, last change and readers of every managed password. */
export interface PasswordsAnswer extends Answer {
  from: Instant;
  to: Instant;
  passwords: readonly PasswordEntry[];
}
