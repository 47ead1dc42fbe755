/**
 * Which statements of IAM policies could let somebody log in to a database by a token (pure). It finds candidates and
 * their evidence, and errs to the side of finding: whether AWS really allows it is AWS's to say (judge-reach.ts). A Deny
 * takes a statement away only where it covers all of it without a condition; every other one is told as an exception.
 */
import { covers, overlaps } from "./pattern.ts";
import { policyStatements, type Statement } from "./policy-statements.ts";

/** One policy of a user, a group or a role; of a managed one the default version. */
export interface PolicyText {
  /** Of an inline policy its name, else its ARN. */
  name: string;
  document: string;
}

export interface ReachingStatement {
  policy: string;
  statement: string;
  /** The action, as the statement has it. */
  action: string;
  /** Those of its resources that may be a database user, as the statement has them. */
  resources: readonly string[];
  /** Operator and key of each condition, its own and those of a Deny. */
  conditions: readonly string[];
  /** Deny statements that take a part of it away. */
  exceptions: readonly string[];
  /** A resource has policy variables, whose values only a request has. */
  variables: boolean;
}

export const connectAction = "rds-db:connect";

/** People grant it, AWS does not know it: tokens are signed without a call (RDS User Guide, IAM database authentication). */
const actionThatIsNone = "rds:generatedbauthtoken";

/** Rest of an ARN of a database user, behind partition, service, region and account. */
const anyUser = "dbuser:*";

type Users = readonly [region: string, rest: string];

const all: Users = ["*", anyUser];

/** Where the databases are: IAM lets nobody log in to those of another account. */
export interface Home {
  partition: string;
  account: string;
}

/** What of a pattern can be a database user of the account; undefined: nothing. */
function usersOf(pattern: string, home: Home): Users | undefined {
  // Of a value that only the request has, anything is possible.
  const plain = pattern.replace(/\$\{[^}]*\}/g, "*");
  if (/^\*+$/.test(plain)) return all;
  const parts = plain.split(":");
  // AWS completes an ARN that ends early (IAM User Guide, "Resource").
  const [arn = "*", partition = "*", service = "*", region = "*", account = "*"] = parts;
  const rest = parts.length > 5 ? parts.slice(5).join(":") : "*";
  const isHere =
    covers(arn, "arn") &&
    covers(partition, home.partition) &&
    covers(service, "rds-db") &&
    covers(account, home.account) &&
    overlaps(rest, anyUser);
  return isHere ? [region, covers(rest, anyUser) ? anyUser : rest] : undefined;
}

function meet(one: Users, other: Users): boolean {
  return one.every((part, index) => overlaps(part, other[index] ?? ""));
}

function holds(whole: Users, part: Users): boolean {
  return whole.every((it, index) => covers(it, part[index] ?? ""));
}

/** The action or NotAction of a statement that is about logging in. */
function connects({ actions, notActions }: Statement): string | undefined {
  const fits = (pattern: string) => covers(pattern.toLowerCase(), connectAction);
  if (actions) return actions.find(fits);
  return notActions && !notActions.some(fits) ? `everything but ${notActions.join(", ")}` : undefined;
}

interface Named {
  /** As the statement has it. */
  text: string;
  users: Users;
}

/** The database users that an Allow names. */
function named({ resources, notResources = [] }: Statement, home: Home): Named[] {
  if (!resources) {
    const text = notResources.length > 0 ? `everything but ${notResources.join(", ")}` : "everything";
    return notResources.some((it) => takes(it, all, home) === "all") ? [] : [{ text, users: all }];
  }
  return resources.flatMap((text) => {
    const users = usersOf(text, home);
    return users ? [{ text, users }] : [];
  });
}

type Taken = "all" | "part" | "none";

/** How many of the users a pattern is certain to mean. */
function takes(pattern: string, users: Users, home: Home): Taken {
  const its = usersOf(pattern, home);
  if (!its || !meet(its, users)) return "none";
  // An ARN that ends early, or stars across its colons, or has variables: left to AWS.
  const isCertain = !pattern.includes("${") && (/^\*+$/.test(pattern) || pattern.split(":").length >= 6);
  return isCertain && holds(its, users) ? "all" : "part";
}

function denies({ resources, notResources = [] }: Statement, users: Users, home: Home): Taken {
  const how = (patterns: readonly string[]) => patterns.map((it) => takes(it, users, home));
  if (resources)
    return how(resources).find((it) => it === "all") ?? how(resources).find((it) => it === "part") ?? "none";
  const spared = how(notResources);
  if (spared.includes("all")) return "none";
  return spared.includes("part") ? "part" : "all";
}

/** What else decides than the statement. */
interface Doubts {
  conditions: string[];
  exceptions: string[];
}

/** What a boundary makes of it; undefined: nothing is left. */
function bounded(users: Users, limits: readonly Statement[], home: Home): Doubts | undefined {
  const meeting = limits.filter((limit) => named(limit, home).some((it) => meet(it.users, users)));
  if (meeting.length === 0) return undefined;
  const isFirm = (limit: Statement) =>
    limit.conditions.length === 0 && limit.resources?.some((it) => takes(it, users, home) === "all");
  if (meeting.some(isFirm)) return { conditions: [], exceptions: [] };
  return {
    conditions: meeting.flatMap((it) => it.conditions),
    exceptions: meeting.map((it) => `boundary ${it.name}`),
  };
}

/** What Deny statements make of it; undefined: nothing is left. */
function denied(users: Users, deniers: readonly Statement[], home: Home): Doubts | undefined {
  const doubts: Doubts = { conditions: [], exceptions: [] };
  for (const deny of deniers) {
    const how = denies(deny, users, home);
    if (how === "none") continue;
    if (deny.conditions.length > 0) doubts.conditions.push(...deny.conditions.map((it) => `not ${it}`));
    else if (how === "all") return undefined;
    else doubts.exceptions.push(deny.name);
  }
  return doubts;
}

interface Limits {
  home: Home;
  deniers: readonly Statement[];
  /** Allows of the boundary; undefined: there is none. */
  bounds: readonly Statement[] | undefined;
}

function reaching(policy: string, allow: Statement, { home, deniers, bounds }: Limits): ReachingStatement[] {
  const action = connects(allow);
  if (allow.effect !== "allow" || action === undefined) return [];
  const left = named(allow, home).flatMap(({ text, users }) => {
    const within = bounds ? bounded(users, bounds, home) : { conditions: [], exceptions: [] };
    const rest = denied(users, deniers, home);
    return within && rest ? [{ text, doubts: [within, rest] }] : [];
  });
  if (left.length === 0) return [];
  const doubts = left.flatMap((it) => it.doubts);
  const unique = (list: readonly string[]) => [...new Set(list)];
  const resources = left.map((it) => it.text);
  return [
    {
      policy,
      statement: allow.name,
      action,
      resources,
      conditions: unique([...allow.conditions, ...doubts.flatMap((it) => it.conditions)]),
      exceptions: unique(doubts.flatMap((it) => it.exceptions)),
      variables: resources.some((it) => it.includes("${")),
    },
  ];
}

/** Nothing can be concluded from a document that cannot be read, so everything is possible. */
const unreadable: Statement = {
  name: "that cannot be read",
  effect: "allow",
  actions: ["*"],
  resources: ["*"],
  conditions: [],
};

function statementsOf({ document }: PolicyText): Statement[] {
  return policyStatements(document) ?? [unreadable];
}

/** @param boundary the permissions boundary; absent: none. */
export function policyReach(
  policies: readonly PolicyText[],
  home: Home,
  boundary?: PolicyText,
): ReachingStatement[] {
  const ofBoundary = boundary ? statementsOf(boundary) : undefined;
  const about = (list: readonly Statement[], effect: Statement["effect"]) =>
    list.filter((it) => it.effect === effect && connects(it) !== undefined);
  const limits: Limits = {
    home,
    deniers: about([...policies.flatMap(statementsOf), ...(ofBoundary ?? [])], "deny"),
    bounds: ofBoundary && about(ofBoundary, "allow"),
  };
  return policies.flatMap((policy) =>
    statementsOf(policy).flatMap((it) => reaching(policy.name, it, limits)),
  );
}

/** Policies that allow the action that AWS does not have: who wrote them believes that they do something. */
export function policiesWithNoSuchAction(policies: readonly PolicyText[]): string[] {
  return policies
    .filter((policy) =>
      policyStatements(policy.document)?.some((it) =>
        it.actions?.some((action) => action.toLowerCase() === actionThatIsNone),
      ),
    )
    .map((it) => it.name);
}

/** Whether nothing but the statement itself decides. */
export function isUnconditional({ conditions, exceptions, variables }: ReachingStatement): boolean {
  return conditions.length === 0 && exceptions.length === 0 && !variables;
}
