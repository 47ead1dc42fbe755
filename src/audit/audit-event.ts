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
  /** Database id. */
  database?: string;
  /** RDS identifier of the instance or cluster, where AWS tells: one server may have several databases. */
  server?: string;
  grantId?: GrantId;
  /** ARN of a secret; its name where the origin says no more. */
  secret?: string;
  /** Person id or ARN of IAM that it was done to. */
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

/** IAM's API names its principals without their paths, ARNs have them: `role/team/deploy` is the line `role/deploy`. */
function withoutPath(arn: string): string {
  return arn.replace(/^(arn:[\w-]+:iam::\d*:\w+)\/.*\/([^/]+)$/, "$1/$2");
}

/** The role that a session is of. */
function roleOf(arn: string): string | undefined {
  const [, start, account, role] = /^(arn:[\w-]+):sts::(\d*):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  return role && `${start}:iam::${account}:role/${role}`;
}

/** Calls name a secret by ARN or by name: the line has the name, without what Secrets Manager puts after it. */
export function secretName(secret: string): string {
  return secret.replace(/^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.*?)(-\w{6})?$/, "$1");
}

/**
 * Every line that the event stands on: one Query per line and day finds all that a question wants. `database` has the
 * database's id and the server's RDS identifier, `person` the person's id and the ARNs without a path.
 */
export function linesOf({ actor, subject, database, server, secret, grantId }: AuditEvent): Line[] {
  const people = [actor.id, actor.arn, actor.arn && roleOf(actor.arn), subject];
  const keys: Record<LineKind, (string | undefined)[]> = {
    database: [database, server],
    person: people.map((it) => it && withoutPath(it)),
    secret: [secret && secretName(secret)],
    grant: [grantId],
  };
  return Object.entries(keys).flatMap(([kind, its]) =>
    // Keys of a record whose type names them.
    [...new Set(its)].flatMap((key) => (key ? [{ kind: kind as LineKind, key }] : [])),
  );
}
