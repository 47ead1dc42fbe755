/** Subscription of databases' logs in CloudWatch: statements that make or change users. */
import { SFNClient } from "@aws-sdk/client-sfn";
import middy from "@middy/core";
import type { CloudWatchLogsEvent } from "aws-lambda";
import { readLogBatch } from "../src/audit/log-batch.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";
import { watchUsers } from "../src/workflow/watch-users.ts";

const parts = {
  table: openTable(setting("TABLE")),
  workflows: { client: new SFNClient({}), reconcileMachine: setting("RECONCILE_MACHINE") },
  clock: () => new Date(),
};

export const handler = middy<CloudWatchLogsEvent>().handler(async (event) => {
  const batch = readLogBatch(event);
  return batch && watchUsers(parts, batch);
});
