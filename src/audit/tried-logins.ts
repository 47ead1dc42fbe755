/** Which logins AWS is asked about, to judge what policies reach (pure). */
import { covers } from "./pattern.ts";
import type { Home, ReachingStatement } from "./policy-reach.ts";

export interface Place extends Home {
  region: string;
}

/** A server of a database that dblease manages. */
export interface Server {
  database: string;
  resourceId: string;
}

/** A database user of a server, as IAM names it. */
export interface Login {
  arn: string;
  /** Absent: a server that dblease does not manage. */
  database?: string;
}

/** RDS User Guide, "Creating and using an IAM policy for IAM database access". */
function dbuserArn({ partition, region, account }: Place, user: string): string {
  return `arn:${partition}:rds-db:${region}:${account}:dbuser:${user}`;
}

/** Logins of one holder that AWS is asked about. */
export const mostTried = 20;

function withoutVariables(resource: string): string {
  return resource.replace(/\$\{[^}]*\}/g, "*");
}

/** One login that a resource means; what it leaves open is taken from here. */
function example(resource: string, place: Place): string {
  const [, , , region = "*", , ...rest] = withoutVariables(resource).split(":");
  const user = rest.join(":").replace(/^dbuser:/, "");
  const filled = (pattern: string, value: string) =>
    /^\**$/.test(pattern) ? value : pattern.replace(/[*?]/g, "x");
  return dbuserArn({ ...place, region: filled(region, place.region) }, filled(user, "db-ANY/any"));
}

/**
 * For each of our servers a user that every pattern means, then one example of each resource. A statement that names
 * what it does not mean is left to the servers' users.
 */
export function triedLogins(
  statements: readonly ReachingStatement[],
  servers: readonly Server[],
  place: Place,
): Login[] {
  const resources = statements.flatMap((it) => it.resources);
  const ofServers = servers.flatMap(({ database, resourceId }): Login[] => {
    const prefix = dbuserArn(place, `${resourceId}/`);
    const named = resources
      .filter((it) => it.startsWith(prefix))
      .map((it) => `${prefix}${withoutVariables(it.slice(prefix.length)).replace(/[*?]/g, "x")}`);
    return [`${prefix}any`, ...named].map((arn) => ({ arn, database }));
  });
  const meant = ofServers.filter(({ arn }) =>
    resources.some((it) => it.startsWith("everything") || covers(withoutVariables(it), arn)),
  );
  const examples = resources
    .filter((it) => !it.startsWith("everything"))
    .map((it): Login => ({ arn: example(it, place) }));
  const all = [...meant, ...examples];
  return all.filter(({ arn }, index) => all.findIndex((it) => it.arn === arn) === index).slice(0, mostTried);
}
