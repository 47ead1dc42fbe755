/** Subscription of databases' logs in CloudWatch: the sessions of grants. */
import middy from "@middy/core";
import type { CloudWatchLogsEvent } from "aws-lambda";
import { readLogBatch } from "../src/audit/log-batch.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { collectLog } from "../src/workflow/collect-log.ts";

const parts = { table: openTable(setting("TABLE")), clock: () => new Date() };

export const handler = middy<CloudWatchLogsEvent>().handler(async (event) => {
  const batch = readLogBatch(event);
  return batch && collectLog(parts, batch);
});
