/** How old a password may become, and whether it is older: pure. */
import type { Observation } from "./finding.ts";
import type { Instant } from "./grant.ts";
import type { Rotation } from "./rotation.ts";

const unitSeconds: Readonly<Record<string, number>> = { hour: 3600, day: 86_400 };

/** A schedule is late when this has passed beside its own time: windows and retries take theirs. */
const slackSeconds = 86_400;

/** Seconds between two runs; undefined for `cron(...)`, whose days are not evenly apart. */
function periodSeconds(schedule: string): number | undefined {
  const [, count, unit = ""] = /^rate\((\d+) (hour|day)s?\)$/.exec(schedule) ?? [];
  return count === undefined ? undefined : Number(count) * (unitSeconds[unit] ?? 0);
}

/** Since when the password is in force, as far as dblease knows. */
export function passwordSince({
  succeededAt,
  configuredAt,
}: Pick<Rotation, "succeededAt" | "configuredAt">): Instant {
  return succeededAt ?? configuredAt;
}

export function isOverdue(rotation: Rotation, now: Date): boolean {
  const age = (now.getTime() - Date.parse(passwordSince(rotation))) / 1000;
  const period = periodSeconds(rotation.schedule);
  if (period !== undefined) return age > period + slackSeconds;
  // Of a cron expression only a run that does not get through can be told from one that is not due yet.
  return rotation.status !== "succeeded" && age > slackSeconds && rotation.status !== "new";
}

/** What the reconciler reports of the rotations of a database. */
export function overdueRotations(rotations: readonly Rotation[], database: string, now: Date): Observation[] {
  return rotations
    .filter((it) => it.database.id === database && it.removedAt === undefined && isOverdue(it, now))
    .map((it) => ({
      kind: "old_password",
      what: it.id,
      sentence: `the password of ${it.user} is from ${passwordSince(it).slice(0, 10)}; its schedule is ${it.schedule}`,
      repair: `dblease rotate ${it.id}`,
    }));
}
