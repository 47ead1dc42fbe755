/** What questions of the audit are answered with. */
import type { GrantId, Instant } from "../grant.ts";
import type { GrantView } from "../views.ts";
import type { Session } from "./sessions.ts";

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
