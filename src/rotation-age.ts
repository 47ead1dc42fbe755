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

/** What Secrets Manager says of a rotation. */
export interface RotationSchedule {
  isOn: boolean;
  /** It rotates on or before this instant. */
  nextAt?: Instant;
  /** The value changed last, whoever changed it. */
  changedAt?: Instant;
}

/** @param schedule absent: Secrets Manager did not say. */
export function isOverdue(rotation: Rotation, schedule: RotationSchedule | undefined, now: Date): boolean {
  const seconds = (since: Instant) => (now.getTime() - Date.parse(since)) / 1000;
  if (schedule?.nextAt !== undefined && seconds(schedule.nextAt) > slackSeconds) return true;
  const age = seconds(passwordSince(rotation));
  const period = periodSeconds(rotation.schedule);
  if (period !== undefined) return age > period + slackSeconds;
  // Without the next date only a run that does not get through tells that a cron expression is late.
  return rotation.status !== "succeeded" && age > slackSeconds && rotation.status !== "new";
}

/** Whether the version before the newest run has worked long enough. */
export function isGraceOver(rotation: Rotation, now: Date): boolean {
  const { status, run, succeededAt, graceSeconds, graceEnded, removedAt } = rotation;
  if (graceSeconds === undefined || removedAt !== undefined) return false;
  if (status !== "succeeded" || succeededAt === undefined || graceEnded === run) return false;
  return now.getTime() >= Date.parse(succeededAt) + graceSeconds * 1000;
}

/** What the reconciler reports of one rotation. */
export function rotationObservations(
  rotation: Rotation,
  schedule: RotationSchedule | undefined,
  now: Date,
): Observation[] {
  const { id, user } = rotation;
  const about = { kind: "old_password", what: id } as const;
  if (schedule?.isOn === false) {
    const sentence = `nobody rotates the password of ${user}: its rotation was turned off at Secrets Manager`;
    return [{ ...about, sentence, repair: "npx cdk deploy" }];
  }
  if (!isOverdue(rotation, schedule, now)) return [];
  const sentence = `the password of ${user} is from ${passwordSince(rotation).slice(0, 10)}; its schedule is ${rotation.schedule}`;
  return [{ ...about, sentence, repair: `dblease rotate ${id}` }];
}
