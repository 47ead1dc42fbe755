/** May this person have this role on this database for so long? Pure; the same question is asked again when the grant starts. */
import { approvalText } from "./approval-text.ts";
import type { Config, Rule } from "./config.ts";
import { databaseTag } from "./database-tag.ts";
import { defaultMaxSeconds } from "./default-max.ts";
import { durationText } from "./duration.ts";
import type { ApprovalStep } from "./grant.ts";
import { hoursText, isWithin } from "./hours.ts";
import { type Asker, isNamed } from "./identity.ts";

export interface AccessRequest {
  person: Asker;
  database: string;
  role: string;
  /** Absent: the rule's default. */
  durationSeconds?: number | undefined;
  /** Absent: not asked for yet, as in a list of what one may ask for. */
  reason?: string | undefined;
  ticket?: string | undefined;
  /** Asks for access that nobody has to approve; only break-glass rules give it. */
  breakGlass?: boolean | undefined;
}

export type Decision = Allowed | Refused;

export interface Refused {
  outcome: "refused";
  /** The rule that refused; absent: no rule allowed it. */
  rule?: string;
  because: string;
  next: string;
}

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
  /** All of these must be filled; empty: no approval needed. */
  approvalSteps: readonly ApprovalStep[];
  /** A request without a decision lapses after so many seconds. */
  approveWithinSeconds: number;
  /** Who must review it afterwards, and within how many seconds: a break-glass rule decided. */
  review?: { anyOf: readonly string[]; withinSeconds: number };
}

/** Seconds an auto-approved request may wait for its workflow before it lapses. */
const startWithinSeconds = 300;

function covers(names: readonly string[], name: string): boolean {
  return names.includes("*") || names.includes(name);
}

function coversDatabase(names: readonly string[], id: string, config: Config): boolean {
  const tags = config.databases[id]?.tags ?? {};
  return covers(names, id) || names.map(databaseTag).some((tag) => tag && tags[tag.key] === tag.value);
}

/** Who cannot be looked up is meant by a deny and by nothing else. */
function fits(rule: Rule, request: AccessRequest, config: Config): boolean {
  return (
    coversDatabase(rule.databases, request.database, config) &&
    covers(rule.roles, request.role) &&
    isNamed(request.person, rule.who, config, rule.effect === "deny")
  );
}

/** Whether the clock has a say in this decision. */
export function hoursMatter(request: AccessRequest, config: Config): boolean {
  return config.rules.some((it) => it.hours && fits(it, request, config));
}

/** Wildcards in who weigh more than those in what: a rule that names people is meant for them. */
function wildcards(rule: Rule): number {
  const count = (names: readonly string[]) => Number(names.includes("*"));
  return 3 * count(rule.who) + count(rule.databases) + count(rule.roles);
}

/** The first deny in force, else the allow (or break-glass rule) that names most, else the one that stands first. */
function decidingRule(request: AccessRequest, config: Config, now: Date): Rule | undefined {
  const fitting = config.rules.filter((it) => fits(it, request, config));
  const deny = fitting.find((it) => it.effect === "deny" && (!it.hours || isWithin(it.hours, now)));
  // Array.sort is stable: rules with as many wildcards keep the order of the file.
  const effect = request.breakGlass ? "break-glass" : "allow";
  return deny ?? fitting.filter((it) => it.effect === effect).sort((a, b) => wildcards(a) - wildcards(b))[0];
}

function refused(because: string, next: string, rule?: Rule): Refused {
  return { outcome: "refused", ...(rule ? { rule: rule.id } : {}), because, next };
}

function matches(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`, "u").test(text);
}

/** What a rule wants of a request, beyond who and what; undefined: all of it is there. */
function objection(
  rule: Rule,
  request: AccessRequest,
  durationSeconds: number,
  maxSeconds: number,
  now: Date,
): Refused | undefined {
  if (durationSeconds > maxSeconds) {
    const max = durationText(maxSeconds);
    return refused(`rule ${rule.id} allows at most ${max}`, `ask again with --for ${max} or less`, rule);
  }
  if (rule.hours && !isWithin(rule.hours, now)) {
    return refused(`rule ${rule.id} allows it only ${hoursText(rule.hours)}`, "ask again then", rule);
  }
  // A list of what one may ask for brings neither reason nor ticket.
  if (request.reason === undefined) return undefined;
  if (rule.reason !== undefined && !matches(request.reason, rule.reason)) {
    return refused(
      `rule ${rule.id} wants a reason like ${rule.reason}`,
      "ask again with such a --reason",
      rule,
    );
  }
  if (rule.ticket !== undefined && !matches(request.ticket ?? "", rule.ticket)) {
    return refused(
      `rule ${rule.id} wants a ticket like ${rule.ticket}`,
      "ask again with such a --ticket",
      rule,
    );
  }
  return undefined;
}

/** First deny wins, then the allow with the fewest wildcards, then file order; what no rule allows is refused. */
export function decide(request: AccessRequest, config: Config, now: Date): Decision {
  // Own keys only: a caller may send any word, also one that every object knows.
  const database = Object.hasOwn(config.databases, request.database)
    ? config.databases[request.database]
    : undefined;
  if (!database) return refused(`there is no database "${request.database}"`, "dblease databases");
  if (!database.roles.includes(request.role)) {
    return refused(`database ${request.database} has no role "${request.role}"`, "dblease databases");
  }
  const rule = decidingRule(request, config, now);
  if (!rule) {
    const how = request.breakGlass ? "break the glass" : "ask";
    return refused(
      `no rule lets ${request.person.name} ${how} for ${request.role} on ${request.database}`,
      "dblease databases",
    );
  }
  if (rule.effect === "deny") {
    return refused(`rule ${rule.id} denies it`, "ask whoever looks after dblease.yaml", rule);
  }
  const maxSeconds = rule.limits.max ?? defaultMaxSeconds(database);
  const defaultSeconds = rule.limits.default ?? maxSeconds;
  const durationSeconds = request.durationSeconds ?? defaultSeconds;
  return (
    objection(rule, request, durationSeconds, maxSeconds, now) ??
    allowed(rule, { durationSeconds, defaultSeconds, maxSeconds })
  );
}

function because(rule: Rule): string {
  if (rule.review)
    return `rule ${rule.id} allows it in an emergency, reviewed by ${rule.review.anyOf.join(" or ")}`;
  if (rule.approval === "none") return `rule ${rule.id} allows it without approval`;
  return `rule ${rule.id} allows it once approved by ${approvalText(rule.approval.steps)}`;
}

function allowed(
  rule: Rule,
  seconds: Pick<Allowed, "durationSeconds" | "defaultSeconds" | "maxSeconds">,
): Allowed {
  const approval = rule.approval === "none" ? undefined : rule.approval;
  const { review } = rule;
  return {
    outcome: "allowed",
    rule: rule.id,
    because: because(rule),
    ...seconds,
    maxOpen: rule.limits.open,
    maxExtensions: rule.limits.extensions,
    approvalSteps: approval?.steps ?? [],
    approveWithinSeconds: approval?.within ?? startWithinSeconds,
    ...(review ? { review: { anyOf: review.anyOf, withinSeconds: review.within } } : {}),
  };
}
