import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { DatabaseConfig } from "../../src/config.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";

type LogType = DatabaseConfig["logs"][number];

/**
 * Which lines come: users of ours alone, whatever else the server writes. RDS's refusals of tokens come all, because
 * they name who tried.
 */
const patterns: Readonly<Record<LogType, string>> = {
  postgresql: "%jit_%",
  audit: "%jit_%",
  "iam-db-auth-error": "",
};

/** As RDS names it (RDS guide, "Publishing database logs to Amazon CloudWatch Logs"). */
function groupName({ instance, cluster }: DatabaseConfig, type: LogType): string {
  const server = cluster === undefined ? `instance/${instance}` : `cluster/${cluster}`;
  return `/aws/rds/${server}/${type}`;
}

/** Logs of databases, where the configuration says that RDS exports them: the sessions of grants. */
export class LogCollector extends Construct {
  constructor(
    scope: Construct,
    id: string,
    installation: Installation,
    databases: readonly DatabaseConfig[],
  ) {
    super(scope, id);
    const { store, deadLetters } = installation;
    const collect = new DbleaseFunction(this, "Default", installation, {
      file: "collect-log",
      timeoutSeconds: 60,
      onFailure: deadLetters,
    });
    store.grantRead(collect);
    store.grantBatchRead(collect);
    store.grantPut(collect, ["session#*", "audit#*", "line#*"]);
    const stack = Stack.of(this);
    const groups = new Map(
      databases.flatMap((it) => it.logs.map((type) => [groupName(it, type), patterns[type]] as const)),
    );
    collect.live.addPermission("Logs", {
      principal: new ServicePrincipal("logs.amazonaws.com"),
      sourceAccount: stack.account,
      sourceArn: stack.formatArn({
        service: "logs",
        resource: "log-group",
        resourceName: "/aws/rds/*",
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    });
    for (const [logGroupName, filterPattern] of groups) {
      const name = logGroupName.replace(/^\/aws\/rds\//, "").replaceAll("/", "-");
      const filter = new CfnSubscriptionFilter(this, `Of-${name}`, {
        logGroupName,
        filterPattern,
        destinationArn: collect.live.functionArn,
      });
      filter.node.addDependency(collect.live);
    }
    installation.operators.alarm(collect, "LogsNotRead", {
      meaning: "Lines of a database's log could not be read: sessions are missing from the audit.",
      metric: collect.metric("Errors", { statistic: "Sum", period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}
