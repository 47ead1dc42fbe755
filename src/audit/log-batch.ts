/**
 * What a subscription of CloudWatch Logs delivers: base64 of gzip of lines with their ids. A CONTROL_MESSAGE only asks
 * whether anybody is there.
 */
import { gunzipSync } from "node:zlib";
import * as z from "zod";

const batch = z.object({
  messageType: z.string(),
  logGroup: z.string(),
  logStream: z.string(),
  logEvents: z.array(z.object({ id: z.string(), message: z.string() })),
});

export type LogBatch = z.infer<typeof batch>;

/** CloudWatch sends 1 MB at most, compressed; more than this is no log. */
const mostBytes = 64 * 1024 * 1024;

/** Undefined: there are no lines in it. Throws for what is no batch, so that it waits with the dead letters. */
export function readLogBatch(event: { awslogs: { data: string } }): LogBatch | undefined {
  const bytes = gunzipSync(Buffer.from(event.awslogs.data, "base64"), { maxOutputLength: mostBytes });
  const read = batch.parse(JSON.parse(bytes.toString("utf8")));
  return read.messageType === "DATA_MESSAGE" ? read : undefined;
}
