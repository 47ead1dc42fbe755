/** What a token may open (pure): one database user, until the grant ends. */
import type { Instant } from "../grant.ts";

export interface ConnectTarget {
  partition: string;
  region: string;
  accountId: string;
  /** RDS resource id, `db-...`, `cluster-...` or `prx-...`. */
  resourceId: string;
  username: string;
}

/** RDS User Guide, "Creating and using an IAM policy for IAM database access". */
function dbuserArn({ partition, region, accountId, resourceId, username }: ConnectTarget): string {
  return `arn:${partition}:rds-db:${region}:${accountId}:dbuser:${resourceId}/${username}`;
}

/**
 * The session policy of one token, or the policy of one grant on its requester's own role. Whether RDS looks at the date is not proven, so nothing rests on it: the fence in the
 * database is what ends a login (dangers 20).
 */
export function connectPolicy(targets: readonly ConnectTarget[], until: Instant): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: targets.map(dbuserArn),
        Condition: { DateLessThan: { "aws:CurrentTime": until } },
      },
    ],
  });
}

/**
 * A person's name as STS takes a source identity: 2 to 64 characters of [\w+=,.@-] (STS API reference, AssumeRole).
 */
export function sourceIdentity(name: string): string {
  return name
    .replace(/[^\w+=,.@-]/g, "-")
    .slice(0, 64)
    .padEnd(2, "-");
}
