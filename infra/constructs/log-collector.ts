import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { DatabaseConfig } from "../../src/config.ts";
import { DbleaseFunction, type Installation } from "./dblease-function.ts";
import { type LogType, subscribe } from "./log-subscription.ts";

/**
 * Which lines come: users of ours alone, whatever else the server writes. RDS's refusals of tokens come all, because
 * they name who tried.
 */
const patterns: Readonly<Record<LogType, string>> = {
  postgresql: "%jit_%",
  // The second part: the rest of a line that a stranger broke by a line feed in a name (mysql-audit-log.ts).
  audit: "%jit_|,FAILED_CONNECT,%",
  "iam-db-auth-error": "",
};

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
    store.grantPut(collect, ["session#*", "audit#*", "line#*", "finding", "event#finding#*"]);
    store.grantUpdate(collect, ["finding"]);
    store.grantQueryKeys(collect, ["finding"]);
    subscribe(collect, databases, patterns);
    installation.operators.alarm(collect, "LogsNotRead", {
      meaning: "Lines of a database's log could not be read: sessions are missing from the audit.",
      metric: collect.metric("Errors", { statistic: "Sum", period: Duration.minutes(5) }),
      threshold: 1,
    });
  }
}
