/** Access, or what gives access, that no grant explains: what the reconciler found, and since when. */
import type { GrantId, Instant } from "./grant.ts";

export type FindingKind =
  /** A user with our kind of name that nothing proves to be ours. */
  | "foreign_user"
  /** A user of ours by its marker, of a grant that the table does not know. */
  | "unknown_grant"
  /** A user of ours whose grant has ended: it came back, or never went. */
  | "returned_user"
  /** An active grant whose user is gone. */
  | "missing_user"
  /** The user of an active grant is not as dblease made it. */
  | "changed_user"
  /** Somebody in a group role whom no grant put there. */
  | "stranger"
  /** A group role that gives something else than the configuration says. */
  | "group_role"
  /** The database runs on another server than the one that was accepted. */
  | "new_server"
  /** The password of an application is older than its schedule says. */
  | "old_password"
  /** The database could not be looked at. */
  | "unreachable";

/** What one look at a database shows. */
export interface Observation {
  kind: FindingKind;
  /** User, role or server that it is about; with kind and database what makes two findings one. */
  what: string;
  sentence: string;
  /** The statement or command that mends it. */
  repair?: string;
  grantId?: GrantId;
}

export interface Finding extends Observation {
  /** `<database>/<kind>/<what>`. */
  id: string;
  database: string;
  version: number;
  openedAt: Instant;
  /** In how many reconciliations it was there. */
  seen: number;
  seenAt: Instant;
  closedAt?: Instant;
}

export interface FindingEvent {
  /** `<finding id>-<version>`: unique, and gapless per finding. */
  id: string;
  name: "FindingOpened" | "FindingClosed";
  at: Instant;
  version: number;
  actor: string;
  finding: Finding;
}

export function findingId(database: string, { kind, what }: Pick<Observation, "kind" | "what">): string {
  return `${database}/${kind}/${what}`;
}
