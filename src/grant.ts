/**
 * The words of a grant (docs/design.md, section 2) and what may follow what. Nothing here reads a clock or a
 * database: `now` and randomness are parameters, times are ISO 8601 in UTC, durations are whole seconds.
 */
import { DbleaseError } from "./errors.ts";
import type { Receipt } from "./receipt.ts";

/** 12 characters of Crockford base32, lower case: execution name, session name, suffix of the database user. */
export type GrantId = string;

/** An instant, ISO 8601 in UTC with milliseconds. */
export type Instant = string;

export type Engine = "postgres" | "mysql" | "mariadb" | "sqlserver" | "oracle";

/** How a grant's user logs in: by the password that its verifier belongs to, or by IAM tokens. */
export type Model = "native" | "iam";

export const statuses = [
  "requested",
  "approved",
  "granting",
  "active",
  "revoking",
  "revoked",
  "denied",
  "lapsed",
  "cancelled",
  "grant_failed",
  "revoke_failed",
  "quarantined",
] as const;

export type GrantStatus = (typeof statuses)[number];

/** What may follow what. A change that is not listed here is refused before it reaches the table. */
const transitions: Readonly<Record<GrantStatus, readonly GrantStatus[]>> = {
  requested: ["approved", "denied", "lapsed", "cancelled"],
  // `grant_failed` straight from here: the database was never touched.
  approved: ["granting", "denied", "cancelled", "grant_failed"],
  granting: ["active", "revoking"],
  active: ["revoking"],
  revoking: ["revoked", "grant_failed", "revoke_failed", "quarantined"],
  revoke_failed: ["revoking"],
  quarantined: ["revoking"],
  // The sweeper looks once more minutes later (dangers 5) and revokes again if the user came back.
  revoked: ["revoking"],
  grant_failed: ["revoking"],
  denied: [],
  lapsed: [],
  cancelled: [],
};

export function mayFollow(from: GrantStatus, to: GrantStatus): boolean {
  return transitions[from].includes(to);
}

/** Statuses in which the database may know the user. */
export const liveStatuses: readonly GrantStatus[] = [
  "granting",
  "active",
  "revoking",
  "revoke_failed",
  "quarantined",
];

/** Statuses before the database is touched. */
export const waitingStatuses: readonly GrantStatus[] = ["requested", "approved"];

export function isOpen(status: GrantStatus): boolean {
  return liveStatuses.includes(status) || waitingStatuses.includes(status);
}

/**
 * Why an access ended or is to end. `failure`: it never became active; its end is `grant_failed`. `replacement`: its
 * server no longer stands under the name of its database.
 */
export interface GrantEnd {
  cause: "expiry" | "person" | "failure" | "sweeper" | "replacement";
  /** Person name, or `dblease`. */
  by: string;
  reason?: string;
  at: Instant;
}

/** So many of these persons and groups must say yes. */
export interface ApprovalStep {
  anyOf: readonly string[];
  minimum: number;
}

/** Somebody as a grant remembers them: person id and name, and the IAM principal they called with (identity.ts). */
export interface Actor {
  id: string;
  name: string;
  principal?: { arn: string; uniqueId: string };
}

/** One person's yes, or no. */
export interface Approval extends Actor {
  at: Instant;
  reason?: string;
}

/** What breaking the glass owes afterwards. */
export interface BreakGlass {
  /** Persons and groups of whom one must review it, and who are told at once. */
  reviewers: readonly string[];
  /** Until then, and from then on reminded every day. */
  reviewBy: Instant;
  review?: Approval;
}

/** One try to do something in the database; recorded before the database is touched. */
export interface Attempt {
  /** Absent: intended, but no function has begun; it begins only while the grant is `granting`. */
  startedAt?: Instant;
  /** After this instant nothing of this attempt may still act. */
  deadline: Instant;
  endedAt?: Instant;
}

/** Who works on the revoke right now; only the holder writes the receipt. */
export interface Lease {
  holder: string;
  until: Instant;
}

/** One database server process that can hold sessions: the writer, a replica, a reader. */
export interface Member {
  /** RDS identifier, or `writer` where the host stands in the configuration. */
  id: string;
  host: string;
  port: number;
  /** RDS resource id: the instance's own (`db-...`), or that of the cluster it belongs to; absent: RDS does not know it. */
  resourceId?: string;
  /** Whether RDS takes IAM tokens there; absent: RDS does not know the server. */
  iamEnabled?: boolean;
}

/** All a revoke needs to know of a database; frozen when the grant is made, so that no later edit can strand it. */
export interface DatabaseSnapshot {
  id: string;
  engine: Engine;
  /** RDS instance or cluster identifier, where the host comes from Describe. */
  instance?: string;
  cluster?: string;
  host?: string;
  port?: number;
  /** Database name inside the server. */
  database: string;
  /** Secrets Manager ARN of the admin login; only its username and password are believed. */
  adminSecret?: string;
  /** Database user with which dblease logs in by IAM; where there is one, it is the admin. */
  adminUser?: string;
  /** PEM of the authority to trust; absent: the runtime's (AWS's) authorities. `off`: plain text, said so in the configuration. */
  tls?: { ca: string } | "off";
}

/** The record of one access from request to receipt. */
export interface Grant {
  id: GrantId;
  version: number;
  status: GrantStatus;
  model: Model;
  database: DatabaseSnapshot;
  role: string;
  /** Standing NOLOGIN role that carries the privileges. */
  groupRole: string;
  /** Database user, `jit_<id>`. */
  username: string;
  requester: Actor;
  /** Asked for by an event for a service: its password stands in a secret that this IAM role alone may read. */
  service?: { role: string };
  reason: string;
  ticket?: string;
  /** Seconds of access, counted from activation. */
  durationSeconds: number;
  rule: string;
  because: string;
  configVersion: number;
  /** All of these must be filled; empty: no approval needed. */
  approvalSteps: readonly ApprovalStep[];
  approvals: readonly Approval[];
  denial?: Approval;
  breakGlass?: BreakGlass;
  requestedAt: Instant;
  /** A planned start; the grant begins then at the earliest. */
  startAt?: Instant;
  /** A request without a decision lapses at this instant. */
  approveBy: Instant;
  activatedAt?: Instant;
  expiresAt?: Instant;
  /** The engine's own expiry, as the database has it; differs from `expiresAt` until an extension has arrived there. */
  expiryApplied?: Instant;
  /** How often this grant has been extended. */
  extensions?: number;
  end?: GrantEnd;
  closedAt?: Instant;
  /** Number of the newest verifier that the requester sent, and of the one the database has. */
  verifierNumber: number;
  verifierApplied: number;
  /** OID of the database user, recorded at creation (dangers 13). */
  userOid?: string;
  /** Policy mode: ARN of the requester's own IAM role, whose inline policy of this grant's id lets it log in. */
  personRole?: string;
  /** IAM was read after the newest removal and had that policy no more. */
  policyAbsentAt?: Instant;
  members?: readonly Member[];
  /** RDS Proxy through which alone the user logs in, by IAM; dblease itself goes to the members. */
  proxy?: Member;
  /** RDS could not be asked at the newest revoke: its members are those of the grant, and no proof rests on them. */
  membersAreOld?: boolean;
  /** RDS resource id of the server on which the user was made; absent: RDS does not know it. */
  serverId?: string;
  /** Members of that server where it no longer stood under its database's name at the newest revoke; none: it is gone. */
  formerMembers?: readonly Member[];
  grantAttempt?: Attempt;
  /** Number in the name of the newest revoke execution, `<id>-<revokeNumber>`. */
  revokeNumber: number;
  lease?: Lease;
  failure?: { code: string; message: string; at: Instant; count: number };
  receipt?: Receipt;
  /** The sweeper read the database once more, minutes after the end, and found nothing. */
  recheckedAt?: Instant;
  /** Step Functions task token: only a wake-up, never an authority. */
  wakeToken?: string;
  /** The sweeper looks at this grant at this instant; absent: never again. */
  dueAt?: Instant;
}

/** `jit_<id>`: 16 characters, fits every engine. */
export function usernameOf(id: GrantId): string {
  return `jit_${id}`;
}

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
export const grantIdPattern = /^[0-9a-hjkmnp-tv-z]{12}$/;

/**
 * A grant id from 12 random bytes: the low five bits of each byte are one character, 60 random bits together.
 * Alphabet: Crockford base32, https://www.crockford.com/base32.html
 */
export function grantId(random: Uint8Array): GrantId {
  if (random.length < 12) throw new RangeError("a grant id needs 12 random bytes");
  return Array.from(random.subarray(0, 12), (byte) => alphabet[byte & 31]).join("");
}

/** Where the user of a grant may log in, the usual place first. */
export function entrances({ proxy, members }: Pick<Grant, "proxy" | "members">): readonly Member[] {
  return proxy ? [proxy] : (members ?? []);
}

/** The grant's instant of end, `durationSeconds` after activation. */
export function expiry(activatedAt: Instant, durationSeconds: number): Instant {
  return new Date(Date.parse(activatedAt) + durationSeconds * 1000).toISOString();
}

export function isDue(grant: Pick<Grant, "expiresAt">, now: Date): boolean {
  return grant.expiresAt !== undefined && Date.parse(grant.expiresAt) <= now.getTime();
}

/** Refuses a change of status that the life of a grant does not know. */
export function assertMayFollow(grant: Pick<Grant, "id" | "status">, to: GrantStatus): void {
  if (mayFollow(grant.status, to)) return;
  throw new DbleaseError("WRONG_STATUS", `grant ${grant.id} is ${grant.status} and cannot become ${to}`, {
    next: `dblease show ${grant.id}`,
  });
}
