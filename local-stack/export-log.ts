import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { AwsAccess } from "./aws-access.ts";

export interface LogExport {
  /** The log group is there. */
  ready: Promise<void>;
  stop(): void;
}

const betweenLooksMs = 200;
/** Of one call; PutLogEvents takes 10,000 lines and 1 MB. */
const mostBytes = 256 * 1024;

/** What RDS does with a log that an instance exports: line by line into its log group, until the stack stops. */
export function exportLog(
  access: AwsAccess,
  { file, group, stream }: { file: string; group: string; stream: string },
): LogExport {
  const logs = new CloudWatchLogsClient(access);
  const place = { logGroupName: group, logStreamName: stream };
  const ready = logs
    .send(new CreateLogGroupCommand({ logGroupName: group }))
    .then(() => logs.send(new CreateLogStreamCommand(place)))
    .then(() => {});
  let stopped = false;
  async function follow(): Promise<void> {
    await ready;
    const log = openSync(file, "r");
    try {
      for (let position = 0; !stopped; ) {
        const { lines, bytes } = linesFrom(log, position);
        position += bytes;
        if (lines.length === 0) await sleep(betweenLooksMs, undefined, { ref: false });
        else await logs.send(new PutLogEventsCommand({ ...place, logEvents: lines.map(asEvent) }));
      }
    } finally {
      closeSync(log);
    }
  }
  // The emulator is gone before the last look: there is nobody left to read the line.
  follow().catch(() => {});
  return {
    ready,
    stop() {
      stopped = true;
    },
  };
}

function asEvent(message: string) {
  return { message, timestamp: Date.now() };
}

/** Whole lines alone: the end of one that is still being written comes next time. */
function linesFrom(log: number, position: number): { lines: string[]; bytes: number } {
  const buffer = Buffer.alloc(mostBytes);
  const read = buffer.subarray(0, readSync(log, buffer, 0, mostBytes, position));
  const end = read.lastIndexOf("\n") + 1;
  const lines = read.subarray(0, end).toString("utf8").split("\n");
  return { lines: lines.filter((line) => line !== ""), bytes: end };
}
