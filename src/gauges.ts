/** What the sweeper measures each minute, for the alarms of infra/constructs/sweeper.ts. */
import type { Grant, GrantStatus } from "./grant.ts";

/** Number of grants of each kind, and of sweeps. */
export type Gauges = Readonly<
  Record<"OpenGrants" | "ActiveGrants" | "RevokeFailed" | "Quarantined" | "LateRevokes" | "Sweeps", number>
>;

/** A revoke begins within seconds of the end, a minute where its workflow was stopped by hand; then it takes seconds. */
const lateAfterSeconds = 120;

const maybeUsed: readonly GrantStatus[] = ["granting", "active", "revoking"];

/** Its end has passed, and nothing says yet that the access is fenced. */
export function isLate(grant: Grant, now: Date): boolean {
  if (!maybeUsed.includes(grant.status) || grant.expiresAt === undefined) return false;
  return Date.parse(grant.expiresAt) + lateAfterSeconds * 1000 < now.getTime();
}

/** @param open every grant that is not finished for good, as one sweep has left them. */
export function gauges(open: readonly Grant[], now: Date): Gauges {
  const count = (fits: (grant: Grant) => boolean) => open.filter(fits).length;
  return {
    OpenGrants: open.length,
    ActiveGrants: count((it) => it.status === "active"),
    RevokeFailed: count((it) => it.status === "revoke_failed"),
    Quarantined: count((it) => it.status === "quarantined"),
    LateRevokes: count((it) => isLate(it, now)),
    Sweeps: 1,
  };
}

/**
 * One line of a function's log that CloudWatch turns into metrics of the namespace `dblease`.
 * Source: CloudWatch User Guide, "Specification: Embedded metric format".
 */
export function metricLine(values: Readonly<Record<string, number>>, now: Date): string {
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: "dblease",
          Dimensions: [[]],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: "Count" })),
        },
      ],
    },
    ...values,
  });
}
