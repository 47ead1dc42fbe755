/** The published and the synthetic records of records/, as EventBridge delivers them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface DeliveredRecord {
  source: string;
  "detail-type": string;
  detail: Record<string, unknown>;
}

const folder = join(import.meta.dirname, "records");

/** The envelope around a record (EventBridge reference, "AWS service events delivered via AWS CloudTrail"). */
function delivered(record: Record<string, unknown>): DeliveredRecord {
  const ofService = record.eventType === "AwsServiceEvent";
  const envelope = {
    version: "0",
    id: `envelope-of-${record.eventID}`,
    "detail-type": `AWS ${ofService ? "Service Event" : "API Call"} via CloudTrail`,
    source: `aws.${`${record.eventSource}`.split(".")[0]}`,
    account: `${record.recipientAccountId}`,
    time: `${record.eventTime}`,
    region: `${record.awsRegion}`,
    resources: [],
    detail: record,
  };
  return envelope;
}

/** All records of one source, `stratus-red-team`, or of all. */
export function recorded(source = "*"): DeliveredRecord[] {
  return globSync(`${source}/*.json`, { cwd: folder })
    .sort()
    .flatMap((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>[])
    .map(delivered);
}
