/** What EventBridge delivers, as an audit event; or why it can not be one. */
import * as z from "zod";
import type { AuditEvent } from "./audit-event.ts";
import { cloudTrailRecord } from "./cloudtrail-record.ts";
import { fromCloudTrail, type Installed } from "./from-cloudtrail.ts";
import { fromLabelUpdate, labelUpdate } from "./from-label-update.ts";
import { plainText } from "./plain-text.ts";

export type Read = { event: AuditEvent } | { refused: string };

/** EventBridge delivers at most 256 KiB; a record of CloudTrail is at most as long. */
const longest = 262_144;

const fromTrail = ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"];

const envelope = z.looseObject({ "detail-type": z.string(), source: z.string().startsWith("aws.") });

function reason(error: z.ZodError): string {
  const [issue] = error.issues;
  return plainText(`${issue?.path.join(".") || "record"}: ${issue?.message}`) ?? "record: not understood";
}

function ofRecord(record: unknown, installed: Installed): Read {
  const read = cloudTrailRecord.safeParse(record);
  return read.success ? { event: fromCloudTrail(read.data, installed) } : { refused: reason(read.error) };
}

function ofDelivered(value: unknown, installed: Installed): Read {
  const it = envelope.safeParse(value);
  if (!it.success) return { refused: reason(it.error) };
  const kind = it.data["detail-type"];
  if (fromTrail.includes(kind)) return ofRecord(it.data.detail, installed);
  if (kind !== "Secret Label Updated") return { refused: "detail-type: not one that is collected" };
  const update = labelUpdate.safeParse(value);
  return update.success ? { event: fromLabelUpdate(update.data) } : { refused: reason(update.error) };
}

function parsed(text: string, then: (value: unknown) => Read): Read {
  if (Buffer.byteLength(text) > longest) return { refused: `longer than ${longest} bytes` };
  try {
    return then(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return { refused: "not JSON" };
    throw error;
  }
}

/** @param text of one CloudTrail record, as LookupEvents gives it. */
export function readRecord(text: string, installed: Installed): Read {
  return parsed(text, (record) => ofRecord(record, installed));
}

/** @param text of one delivered event. */
export function readDelivered(text: string, installed: Installed): Read {
  return parsed(text, (value) => ofDelivered(value, installed));
}
