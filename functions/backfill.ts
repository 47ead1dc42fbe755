/** Workflow step: a stretch of reading what CloudTrail knows of the past. */
import { setTimeout as sleep } from "node:timers/promises";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import middy from "@middy/core";
import { runBackfill } from "../src/audit/run-backfill.ts";
import { setting } from "../src/setting.ts";
import { openTable } from "../src/store/table.ts";

const parts = {
  table: openTable(setting("TABLE")),
  // Absent where no database logs in by IAM.
  installed: { connectRole: process.env.CONNECT_ROLE },
  clock: () => new Date(),
  cloudTrail: (region: string) => new CloudTrailClient({ region }),
  pause: (milliseconds: number) => sleep(milliseconds),
  stretchMs: 45_000,
};

export const handler = middy<{ id: string }>().handler(({ id }) => runBackfill(parts, id));
