/** One CloudTrail record, from EventBridge or from LookupEvents, as an audit event. */
import { grantIdPattern } from "../grant.ts";
import type { AuditEvent } from "./audit-event.ts";
import { actorOf } from "./cloudtrail-actor.ts";
import { factsOf } from "./cloudtrail-facts.ts";
import type { CloudTrailRecord } from "./cloudtrail-record.ts";
import { plainText } from "./plain-text.ts";

/** What the installation is known by in records. */
export interface Installed {
  /** ARN of the role that the broker signs tokens with; its sessions are named by their grant. */
  connectRole?: string | undefined;
}

/** First of these that is a text which fits. */
function first(pattern: RegExp, ...values: unknown[]): string | undefined {
  return values.find((it): it is string => typeof it === "string" && pattern.test(it));
}

function field(of: unknown, ...names: string[]): unknown {
  if (typeof of !== "object" || of === null) return undefined;
  return names.map((name) => (of as Record<string, unknown>)[name]).find((it) => it !== undefined);
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** What IAM and STS were asked to change, or to let somebody be. */
function subjectOf(record: CloudTrailRecord): string | undefined {
  const { requestParameters: asked = {}, eventSource, recipientAccountId, awsRegion } = record;
  if (eventSource === "sts.amazonaws.com") return first(/^arn:[^\s#]{1,600}$/, asked.roleArn);
  if (eventSource !== "iam.amazonaws.com" || !recipientAccountId) return undefined;
  for (const kind of ["user", "role", "group"]) {
    const name = first(/^[\w+=,.@-]{1,128}$/, asked[`${kind}Name`]);
    if (name) return `arn:${partitionOf(awsRegion)}:iam::${recipientAccountId}:${kind}/${name}`;
  }
  const made = field(record.responseElements?.policy, "arn");
  return first(/^arn:[^\s#]{1,600}$/, asked.policyArn, made);
}

/** Records tell a secret's ARN in as many places as there are kinds of them. */
function secretOf(record: CloudTrailRecord): string | undefined {
  if (record.eventSource !== "secretsmanager.amazonaws.com") return undefined;
  const { requestParameters, responseElements, additionalEventData, serviceEventDetails, resources } = record;
  return first(
    /^[\w/+=.@:!-]{1,600}$/,
    field(responseElements, "arn", "aRN", "ARN"),
    field(additionalEventData, "SecretId", "secretId"),
    field(serviceEventDetails, "secretId", "SecretId"),
    resources?.[0]?.ARN,
    field(requestParameters, "secretId", "name"),
  );
}

function serverOf({
  requestParameters,
  responseElements,
  eventSource,
}: CloudTrailRecord): string | undefined {
  if (eventSource !== "rds.amazonaws.com" && eventSource !== "dsql.amazonaws.com") return undefined;
  const names = ["dBInstanceIdentifier", "dBClusterIdentifier"];
  return first(
    /^[A-Za-z][A-Za-z0-9-]{0,62}$/,
    field(requestParameters, ...names),
    field(responseElements, ...names),
  )?.toLowerCase();
}

/** The grant whose token the broker took this session for. */
function grantIdOf({ requestParameters: asked }: CloudTrailRecord, { connectRole }: Installed) {
  if (connectRole === undefined || asked?.roleArn !== connectRole) return undefined;
  return first(grantIdPattern, asked.roleSessionName);
}

export function fromCloudTrail(record: CloudTrailRecord, installed: Installed): AuditEvent {
  const known = {
    address: plainText(record.sourceIPAddress, 100),
    server: serverOf(record),
    grantId: grantIdOf(record, installed),
    secret: secretOf(record),
    subject: subjectOf(record),
    attempt: record.errorCode === undefined ? undefined : { code: plainText(record.errorCode, 100) ?? "?" },
  };
  return {
    id: record.eventID,
    at: record.eventTime,
    origin: "cloudtrail",
    name: record.eventName,
    actor: actorOf(record),
    ...defined(known),
    facts: factsOf(record),
  };
}

type Defined<Of> = { [Name in keyof Of]?: Exclude<Of[Name], undefined> };

/** Without what is not there. */
function defined<Of extends object>(of: Of): Defined<Of> {
  // Exactly the entries that have a value.
  return Object.fromEntries(Object.entries(of).filter(([, it]) => it !== undefined)) as Defined<Of>;
}
