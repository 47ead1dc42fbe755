/**
 * What CloudWatch counts: logins by IAM that RDS let in, and the calls of dblease's own functions. A span without a sum had
 * none of them.
 */
import {
  type CloudWatchClient,
  type MetricDataQuery,
  paginateGetMetricData,
} from "@aws-sdk/client-cloudwatch";
import { spanSeconds } from "../audit/counted-logins.ts";
import type { Instant } from "../grant.ts";
import type { LoginCount } from "../login-watch.ts";

/** Nobody waits longer for CloudWatch than a reconciliation may take. */
const patienceMs = 15_000;

/** Amazon RDS User Guide, "Troubleshooting for IAM DB authentication"; Lambda Developer Guide, "Types of metrics". */
const metrics = {
  logins: {
    Namespace: "AWS/RDS",
    MetricName: "IamDbAuthConnectionSuccess",
    dimension: "DBInstanceIdentifier",
  },
  calls: { Namespace: "AWS/Lambda", MetricName: "Invocations", dimension: "FunctionName" },
};

function query(of: keyof typeof metrics, value: string, index: number): MetricDataQuery {
  const { dimension, ...metric } = metrics[of];
  return {
    Id: `${of}${index}`,
    MetricStat: {
      Metric: { ...metric, Dimensions: [{ Name: dimension, Value: value }] },
      Period: spanSeconds,
      Stat: "Sum",
    },
  };
}

/** @throws where CloudWatch does not answer in full. */
export async function countLogins(
  client: CloudWatchClient,
  { members, functions }: { members: readonly string[]; functions: readonly string[] },
  [from, until]: readonly [Date, Date],
): Promise<{ logins: LoginCount[]; calls: Instant[] }> {
  const input = {
    MetricDataQueries: [
      ...members.map((it, index) => query("logins", it, index)),
      ...functions.map((it, index) => query("calls", it, index)),
    ],
    StartTime: from,
    EndTime: until,
  };
  const logins: LoginCount[] = [];
  const calls: Instant[] = [];
  const abortSignal = AbortSignal.timeout(patienceMs);
  for await (const page of paginateGetMetricData({ client }, input, { abortSignal })) {
    for (const { Id = "", StatusCode, Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      // Partial: the rest comes with the next page.
      const isWhole = StatusCode === "Complete" || (StatusCode === "PartialData" && page.NextToken);
      if (!isWhole) throw new Error(`${StatusCode}`);
      Timestamps.forEach((time, index) => {
        const count = Values[index] ?? 0;
        const member = members[Number(Id.slice("logins".length))];
        if (count === 0) return;
        if (Id.startsWith("calls")) calls.push(time.toISOString());
        else if (member) logins.push({ at: time.toISOString(), member, logins: count });
      });
    }
  }
  return { logins, calls };
}
