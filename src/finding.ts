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
  /** A policy on a person's IAM role that dblease did not write. */
  | "foreign_policy"
  /** The password of an application is older than its schedule says. */
  | "old_password"
  /** The database could not be looked at. */
  | "unreachable"
  /** IAM lets somebody open databases by tokens who needs no grant for it. */
  | "policy"
  /** A policy allows an action that AWS does not have. */
  | "no_such_action"
  /** A database user whom nothing explains. */
  | "unexplained_user"
  /** A user of our kind of name had a session, and no grant has it. */
  | "session_without_grant"
  /** An AWS principal tried to log in by a token of its own. */
  | "iam_login"
  /** The access of a grant has not ended as it should. */
  | "late_revoke";

/** What somebody who keeps still about it risks: access to data, what leads to it, or a mess. */
export type Severity = "high" | "medium" | "low";

const severities: Readonly<Record<FindingKind, Severity>> = {
  foreign_user: "high",
  unknown_grant: "high",
  returned_user: "high",
  missing_user: "medium",
  changed_user: "high",
  stranger: "high",
  group_role: "medium",
  new_server: "medium",
  foreign_policy: "high",
  old_password: "medium",
  unreachable: "medium",
  policy: "high",
  no_such_action: "low",
  unexplained_user: "medium",
  session_without_grant: "high",
  iam_login: "medium",
  late_revoke: "high",
};

/** Scope of findings that are not of one look at one database: access by IAM, and revokes. */
export const allDatabases = "*";

/** What one look at a database, or at IAM, shows. */
export interface Observation {
  kind: FindingKind;
  /** User, role or server that it is about; with kind and database what makes two findings one. */
  what: string;
  sentence: string;
  /** Absent: that of its kind. */
  severity?: Severity;
  /** What it rests on, line by line. The same lines as long as nothing changed: a new one ends an acknowledgement. */
  evidence?: readonly string[];
  /** The statement or command that mends it. */
  repair?: string;
  grantId?: GrantId;
}

/** Somebody knows of it and leaves it, until then at the latest. */
export interface Acknowledgement {
  by: string;
  reason: string;
  at: Instant;
  until: Instant;
}

export interface Finding extends Observation {
  /** `<database>/<kind>/<what>`. */
  id: string;
  /** Database id, or `*`. */
  database: string;
  version: number;
  /** When it was first there of all; absent in findings of older versions: `openedAt`. */
  firstSeenAt?: Instant;
  openedAt: Instant;
  /** In how many reconciliations it was there. */
  seen: number;
  seenAt: Instant;
  closedAt?: Instant;
  acknowledged?: Acknowledgement;
}

export interface FindingEvent {
  /** `<finding id>-<version>`: unique, and gapless per finding. */
  id: string;
  /** Opened: also when it comes back, or when its acknowledgement ends. */
  name: "FindingOpened" | "FindingAcknowledged" | "FindingClosed";
  at: Instant;
  version: number;
  actor: string;
  finding: Finding;
}

export function findingId(database: string, { kind, what }: Pick<Observation, "kind" | "what">): string {
  return `${database}/${kind}/${what}`;
}

export function severityOf({ kind, severity }: Pick<Finding, "kind" | "severity">): Severity {
  return severity ?? severities[kind];
}

const rank: readonly Severity[] = ["low", "medium", "high"];

/** Whether somebody's word still stands for what is seen now. */
export function isAcknowledged(before: Finding, now: Date, seen: Observation = before): boolean {
  const { acknowledged } = before;
  if (!acknowledged || acknowledged.until <= now.toISOString()) return false;
  const isWorse = rank.indexOf(severityOf(seen)) > rank.indexOf(severityOf(before));
  return !isWorse && (seen.evidence ?? []).every((it) => before.evidence?.includes(it));
}
