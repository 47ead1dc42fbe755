/** May this person have this role on this database for so long? Pure; the same question is asked again when the grant starts. */
import type { Config, Rule } from "./config.ts";
import { durationText } from "./duration.ts";
import { isNamed, type Person } from "./identity.ts";

export interface AccessRequest {
  person: Pick<Person, "id" | "name">;
  database: string;
  role: string;
  /** Absent: the rule's default. */
  durationSeconds?: number;
}

export type Decision = Allowed | { outcome: "refused"; because: string; next: string };

export interface Allowed {
  outcome: "allowed";
  rule: string;
  because: string;
  durationSeconds: number;
  maxSeconds: number;
  defaultSeconds: number;
  /** How many open grants one person may have under this rule. */
  maxOpen: number;
  /** How often one grant may be extended. */
  maxExtensions: number;
  /** Names of which one must approve; empty: none. */
  approvers: readonly string[];
  /** A request without a decision lapses after so many seconds. */
  approveWithinSeconds: number;
}

/** Seconds an auto-approved request may wait for its workflow before it lapses. */
const startWithinSeconds = 300;

function covers(names: readonly string[], name: string): boolean {
  return names.includes("*") || names.includes(name);
}

function fits(rule: Rule, request: AccessRequest, config: Config): boolean {
  return (
    covers(rule.databases, request.database) &&
    covers(rule.roles, request.role) &&
    isNamed(request.person, rule.who, config)
  );
}

function refused(because: string, next: string): Decision {
  return { outcome: "refused", because, next };
}

/** The first rule that fits decides; what no rule allows is refused. */
export function decide(request: AccessRequest, config: Config): Decision {
  const database = config.databases[request.database];
  if (!database) return refused(`there is no database "${request.database}"`, "dblease databases");
  if (!database.roles.includes(request.role)) {
    return refused(`database ${request.database} has no role "${request.role}"`, "dblease databases");
  }
  const rule = config.rules.find((it) => fits(it, request, config));
  if (!rule) {
    return refused(
      `no rule lets ${request.person.name} ask for ${request.role} on ${request.database}`,
      "dblease databases",
    );
  }
  const defaultSeconds = rule.limits.default ?? rule.limits.max;
  const durationSeconds = request.durationSeconds ?? defaultSeconds;
  if (durationSeconds > rule.limits.max) {
    const max = durationText(rule.limits.max);
    return refused(`rule ${rule.id} allows at most ${max}`, `ask again with --for ${max} or less`);
  }
  const approval = rule.approval === "none" ? undefined : rule.approval;
  return {
    outcome: "allowed",
    rule: rule.id,
    because: approval
      ? `rule ${rule.id} allows it once one of ${approval.anyOf.join(", ")} approves`
      : `rule ${rule.id} allows it without approval`,
    durationSeconds,
    maxSeconds: rule.limits.max,
    defaultSeconds,
    maxOpen: rule.limits.open,
    maxExtensions: rule.limits.extensions,
    approvers: approval?.anyOf ?? [],
    approveWithinSeconds: approval?.within ?? startWithinSeconds,
  };
}
