/** What happened to access, whoever tells of it, in the one form that questions are asked of. */
import type { GrantId, Instant } from "../grant.ts";

/** Who tells of it. */
export type AuditOrigin = "dblease" | "cloudtrail" | "secrets-manager" | "database-log" | "sampler";

/** Who did it, as far as the origin says. */
export interface AuditActor {
  name: string;
  /** Person id, or the unique id of the IAM principal. */
  id?: string;
  arn?: string;
}

/** What a fact may be: few and named ones, never a password, a token, a verifier or a policy document. */
export type Fact = string | number | boolean;

export interface AuditEvent {
  /** The origin's own, so that the same thing told twice is one. */
  id: string;
  at: Instant;
  origin: AuditOrigin;
  /** As its origin calls it: `GrantActivated`, `PutUserPolicy`. */
  name: string;
  actor: AuditActor;
  /** Network address it was done from. */
  address?: string;
  /** Database id; of a server that no database of the configuration is on, RDS's identifier. */
  database?: string;
  grantId?: GrantId;
  /** ARN of a secret; its name where the origin says no more. */
  secret?: string;
  /** Person id or principal ARN that it was done to. */
  subject?: string;
  /** It was refused with this code: an attempt, and nothing changed. */
  attempt?: { code: string };
  facts: Readonly<Record<string, Fact>>;
}

/** By what a question asks. */
export type LineKind = "database" | "person" | "secret" | "grant";

export interface Line {
  kind: LineKind;
  key: string;
}

/** Every line that the event stands on: one Query per line and day finds all that a question wants. */
export function linesOf({ actor, subject, database, secret, grantId }: AuditEvent): Line[] {
  const people = new Set([actor.id, actor.arn, subject]);
  const keys: [LineKind, string | undefined][] = [
    ["database", database],
    ["secret", secret],
    ["grant", grantId],
    ...[...people].map((it): [LineKind, string | undefined] => ["person", it]),
  ];
  return keys.flatMap(([kind, key]) => (key ? [{ kind, key }] : []));
}
