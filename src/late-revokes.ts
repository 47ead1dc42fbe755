/** Grants whose access has not ended as it should (pure). */
import type { Observation } from "./finding.ts";
import { isLate } from "./gauges.ts";
import type { Grant } from "./grant.ts";

function sentence(grant: Grant, now: Date): string | undefined {
  const about = `the revoke of ${grant.username} on ${grant.database.id}`;
  if (grant.status === "revoke_failed") return `${about} has failed; it is tried again until it is proved`;
  if (grant.status === "quarantined") return `${about} has left something behind that a person must look at`;
  return isLate(grant, now) ? `${about} is late: its end was ${grant.expiresAt}` : undefined;
}

/** @param open every grant that is not finished for good. */
export function lateRevokes(open: readonly Grant[], now: Date): Observation[] {
  return open.flatMap((grant) => {
    const said = sentence(grant, now);
    if (said === undefined) return [];
    const cause = grant.failure ? [`${grant.failure.code}: ${grant.failure.message}`] : [];
    return [
      {
        kind: "late_revoke" as const,
        what: grant.id,
        sentence: said,
        evidence: [`grant ${grant.id} is ${grant.status}`, ...cause],
        repair: grant.status === "quarantined" ? `dblease show ${grant.id}` : `dblease revoke ${grant.id}`,
        grantId: grant.id,
      },
    ];
  });
}
