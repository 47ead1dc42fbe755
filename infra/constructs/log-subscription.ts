import { ArnFormat, Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import type { DatabaseConfig } from "../../src/config.ts";
import type { DbleaseFunction } from "./dblease-function.ts";

export type LogType = DatabaseConfig["logs"][number];

/** As RDS names it (RDS guide, "Publishing database logs to Amazon CloudWatch Logs"). */
function groupName({ instance, cluster }: DatabaseConfig, type: LogType): string {
  const server = cluster === undefined ? `instance/${instance}` : `cluster/${cluster}`;
  return `/aws/rds/${server}/${type}`;
}

/** Hands a function the lines of the databases' exported logs that fit, by type of log; a type without pattern: none. */
export function subscribe(
  to: DbleaseFunction,
  databases: readonly DatabaseConfig[],
  patterns: Readonly<Partial<Record<LogType, string>>>,
): void {
  const stack = Stack.of(to);
  to.live.addPermission("Logs", {
    principal: new ServicePrincipal("logs.amazonaws.com"),
    sourceAccount: stack.account,
    sourceArn: stack.formatArn({
      service: "logs",
      resource: "log-group",
      resourceName: "/aws/rds/*",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  });
  const groups = new Map(
    databases.flatMap((it) => it.logs.map((type) => [groupName(it, type), patterns[type]] as const)),
  );
  for (const [logGroupName, filterPattern] of groups) {
    if (filterPattern === undefined) continue;
    const name = logGroupName.replace(/^\/aws\/rds\//, "").replaceAll("/", "-");
    const filter = new CfnSubscriptionFilter(to.node.scope ?? to, `Of-${name}`, {
      logGroupName,
      filterPattern,
      destinationArn: to.live.functionArn,
    });
    filter.node.addDependency(to.live);
  }
}
