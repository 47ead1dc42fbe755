import type { ApprovalStep } from "./grant.ts";

function stepText({ anyOf, minimum }: ApprovalStep): string {
  if (minimum > 1) return `${minimum} of ${anyOf.join(", ")}`;
  return anyOf.join(" or ");
}

/** Who must say yes, as people say it; steps are joined by "and". */
export function approvalText(steps: readonly ApprovalStep[]): string {
  return steps.map(stepText).join(", and ");
}
