import { type Finding, severityOf } from "../finding.ts";
import type { FindingView } from "../views.ts";

/** A finding as it is shown; those of older versions get what they lack. */
export function findingView(finding: Finding): FindingView {
  return {
    ...finding,
    severity: severityOf(finding),
    evidence: finding.evidence ?? [],
    firstSeenAt: finding.firstSeenAt ?? finding.openedAt,
  };
}
