import type { Config } from "./config.ts";
import { isTraitName } from "./identity.ts";

/** Every name by which the configuration means people. */
export function peopleNames(config: Config): string[] {
  const ofRules = config.rules.flatMap((it) => [
    ...it.who,
    ...(it.approval === "none" ? [] : it.approval.steps.flatMap((step) => step.anyOf)),
    ...(it.review?.anyOf ?? []),
  ]);
  const ofGroups = Object.values(config.groups).flat();
  return [...ofRules, ...ofGroups, ...(config.admins ?? []), ...(config.auditors ?? [])];
}

/** Whether people's IAM groups or tags decide anything, so that IAM has to be asked. */
export function asksForTraits(config: Config): boolean {
  return peopleNames(config).some(isTraitName);
}
