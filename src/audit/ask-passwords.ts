/** `dblease audit passwords`: how old every managed password is, when it was changed last, and who read it. */
import type { Config } from "../config.ts";
import type { Instant } from "../grant.ts";
import type { Rotation } from "../rotation.ts";
import { isOverdue, passwordSince, type RotationSchedule } from "../rotation-age.ts";
import { auditPage } from "../store/audit-events.ts";
import type { Table } from "../store/table.ts";
import type { PasswordEntry, PasswordsAnswer, SecretReader } from "./answer.ts";
import type { AuditEvent, Line } from "./audit-event.ts";
import { bestEffort, readElsewhere } from "./unknown.ts";

const perPage = 10;
/** Of one secret in one answer. */
const mostReads = 500;

/** CloudTrail names a secret as its caller did: by ARN or by name. */
function secretKeys(arn: string): string[] {
  const name = /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(arn)?.[1];
  return name === undefined ? [arn] : [arn, name];
}

/** Who read it and how often, the most recent reader first. */
function readersOf(events: readonly AuditEvent[]): SecretReader[] {
  const reads = events.filter((it) => it.name === "GetSecretValue" && !it.attempt);
  return [...Map.groupBy(reads, (it) => it.actor.arn ?? it.actor.name)]
    .map(([reader, its]) => ({ reader, count: its.length, lastAt: its.at(-1)?.at ?? "" }))
    .sort((a, b) => b.lastAt.localeCompare(a.lastAt));
}

interface Managed {
  id: string;
  database: string;
  user?: string;
  secret: string;
  rotation?: Rotation;
}

/** Passwords of applications that rotate, and the admins' own. */
function managedSecrets(config: Config, rotations: readonly Rotation[]): Managed[] {
  const admins = Object.entries(config.databases).flatMap(([database, { adminSecret }]): Managed[] =>
    adminSecret ? [{ id: `admin of ${database}`, database, secret: adminSecret }] : [],
  );
  const rotated = rotations.map((rotation): Managed => {
    const { id, database, user, secret } = rotation;
    return { id, database: database.id, user, secret, rotation };
  });
  return [...rotated, ...admins];
}

/** A page of events ends after some days; the reads are counted over all of the period. */
async function readsOf(
  table: Table,
  lines: readonly Line[],
  period: readonly [Instant, Instant],
): Promise<{ events: AuditEvent[]; next?: string }> {
  const events: AuditEvent[] = [];
  let next: string | undefined;
  do {
    const page = await auditPage(table, lines, period, {
      limit: mostReads - events.length,
      ...(next === undefined ? {} : { page: next }),
    });
    events.push(...page.events);
    next = page.next;
  } while (next !== undefined && events.length < mostReads);
  return { events, ...(next === undefined ? {} : { next }) };
}

export interface PasswordsQuestion {
  from: Instant;
  to: Instant;
  page?: string | undefined;
}

/**
 * @param rotations those of the configuration.
 * @param schedule what Secrets Manager says of a secret; undefined: it could not say.
 */
export async function askPasswords(
  table: Table,
  known: {
    config: Config;
    rotations: readonly Rotation[];
    schedule: (secret: string) => Promise<RotationSchedule | undefined>;
  },
  { from, to, page }: PasswordsQuestion,
): Promise<PasswordsAnswer> {
  const all = managedSecrets(known.config, known.rotations);
  const start = Math.max(0, Number.parseInt(page ?? "0", 10) || 0);
  const now = new Date(to);
  const passwords = await Promise.all(
    all.slice(start, start + perPage).map(async ({ rotation, ...it }): Promise<PasswordEntry> => {
      const lines = secretKeys(it.secret).map((key) => ({ kind: "secret", key }) as const);
      const [{ events, next }, schedule] = await Promise.all([
        readsOf(table, lines, [from, to]),
        known.schedule(it.secret),
      ]);
      const changedAt = schedule?.changedAt;
      const since = rotation ? passwordSince(rotation) : changedAt;
      return {
        ...it,
        ...(since ? { since } : {}),
        ...(rotation?.succeededAt ? { rotatedAt: rotation.succeededAt } : {}),
        ...(changedAt ? { changedAt } : {}),
        overdue: rotation !== undefined && isOverdue(rotation, schedule, now),
        readers: readersOf(events),
        readersComplete: next === undefined,
      };
    }),
  );
  const next = start + perPage;
  return {
    from,
    to,
    passwords,
    unknown: [readElsewhere, bestEffort],
    ...(next < all.length ? { next: String(next) } : {}),
  };
}
