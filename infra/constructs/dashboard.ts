import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Dashboard, GraphWidget, type IMetric, Row } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { DbleaseFunction, Installation } from "./dblease-function.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { EventOutlet } from "./event-outlet.ts";
import type { GrantWorkflows } from "./grant-workflows.ts";
import { gauge } from "./operators.ts";

interface Parts {
  engines: readonly EngineFunctions[];
  workflows: GrantWorkflows;
  outlet: EventOutlet;
  api: DbleaseFunction;
}

const fiveMinutes = { period: Duration.minutes(5) };

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } });
}

/** One page that answers: is all access that should be over really over, and if not, which part is it. */
export class DbleaseDashboard extends Construct {
  constructor(scope: Construct, id: string, { deadLetters }: Installation, parts: Parts) {
    super(scope, id);
    const { engines, workflows, outlet, api } = parts;
    const of = (functions: DbleaseFunction[], name: string, statistic: string) =>
      functions.map((it) => it.metric(name, { ...fiveMinutes, statistic, label: it.node.path }));
    const revokers = engines.map((it) => it.revoke);
    const all = [...engines.flatMap((it) => [it.grant, it.revoke, it.admin]), api];
    const { dashboardName } = new Dashboard(this, "Default", {
      widgets: [
        [
          new Row(
            graph(
              "Access that is not over as it should be",
              ["LateRevokes", "RevokeFailed", "Quarantined"].map((it) => gauge(it)),
            ),
            graph(
              "Grants",
              ["OpenGrants", "ActiveGrants"].map((it) => gauge(it)),
            ),
            graph("Sweeps in five minutes", [gauge("Sweeps").with({ ...fiveMinutes, statistic: "Sum" })]),
          ),
        ],
        [
          new Row(
            graph("Revokers: longest run (ms)", of(revokers, "Duration", "Maximum")),
            graph("Errors of functions", of(all, "Errors", "Sum")),
            graph("Throttled calls", of(all, "Throttles", "Sum")),
          ),
        ],
        [
          new Row(
            graph("Workflows that failed", [
              workflows.grantMachine.metricFailed(fiveMinutes),
              workflows.revokeMachine.metricFailed(fiveMinutes),
            ]),
            graph("Stream lag (ms)", of([outlet.publish, outlet.notify], "IteratorAge", "Maximum")),
            graph("Undelivered", [deadLetters.metricApproximateNumberOfMessagesVisible(fiveMinutes)]),
          ),
        ],
      ],
    });
    const { region } = Stack.of(this);
    new CfnOutput(Stack.of(this), "DashboardUrl", {
      value: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`,
    });
  }
}
