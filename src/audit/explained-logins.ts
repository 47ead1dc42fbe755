/** Which logins by IAM have their reason (pure): dblease's own roles, a grant's policy, and what the configuration names. */
import type { Config } from "../config.ts";
import { type GrantId, grantIdPattern } from "../grant.ts";
import { isProxyId } from "../proxy-id.ts";
import { type Holder, holderText } from "./holder.ts";
import { covers } from "./pattern.ts";
import type { ReachingStatement } from "./policy-reach.ts";
import type { Place } from "./tried-logins.ts";

export interface Explanations {
  config: Config;
  place: Place;
  /** ARNs of the roles of this stack that log in to databases. */
  ownRoles: readonly string[];
  /** Grants whose access stands. */
  grants: ReadonlySet<GrantId>;
}

/** What the stack gives its own roles: its admins, and the users of grants. */
function ownLogins({ config, place }: Explanations): Set<string> {
  const { partition, region, account } = place;
  const of = Object.values(config.databases).flatMap(({ adminUser, resourceIds }) =>
    resourceIds.flatMap((id) =>
      ["jit_*", ...(adminUser === undefined || isProxyId(id) ? [] : [adminUser])].map(
        (user) => `arn:${partition}:rds-db:${region}:${account}:dbuser:${id}/${user}`,
      ),
    ),
  );
  return new Set(of);
}

/** A resource that is the user of one grant, exactly. */
function grantOf(resource: string): GrantId | undefined {
  const [, id = ""] = /:dbuser:[^/*?$]+\/jit_([^/*?$]+)$/.exec(resource) ?? [];
  return grantIdPattern.test(id) ? id : undefined;
}

/**
 * Statements that nothing explains. A role of ours is explained for what it was made for, no further: a policy that
 * somebody hangs onto it is a finding like any other.
 */
export function unexplained(
  holder: Holder,
  statements: readonly ReachingStatement[],
  explanations: Explanations,
): ReachingStatement[] {
  const { config, ownRoles, grants } = explanations;
  const isNamed = config.explained?.some(
    (it) => "principal" in it && covers(it.principal, holderText(holder)),
  );
  if (isNamed) return [];
  const own = ownRoles.includes(holder.arn) ? ownLogins(explanations) : new Set<string>();
  const isPersonal = /^arn:[\w-]+:iam::\d{12}:role\/dblease\//.test(holder.arn);
  const isOfGrant = (resource: string) => isPersonal && grants.has(grantOf(resource) ?? "");
  return statements.filter(
    (it) => !it.resources.every((resource) => own.has(resource) || isOfGrant(resource)),
  );
}
