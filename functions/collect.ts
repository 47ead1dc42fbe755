/** What AWS tells of access, from the collector's queue: every event becomes an audit event, or is put aside. */
import middy from "@middy/core";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { collect } from "../src/audit/collect.ts";
import { metricLine } from "../src/gauges.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";

const collector = {
  table: openTable(setting("TABLE")),
  // Absent where no database logs in by IAM.
  installed: { connectRole: process.env.CONNECT_ROLE },
  clock: () => new Date(),
};

export const handler = middy<SQSEvent>().handler(async ({ Records }): Promise<SQSBatchResponse> => {
  const { again, counts } = await collect(collector, Records);
  // Not by console.log, whose lines Lambda wraps.
  process.stdout.write(`${metricLine(counts, collector.clock())}\n`);
  return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
});
