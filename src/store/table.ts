/** The one DynamoDB table: its keys, and the client that speaks to it. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { DbleaseError } from "../errors.ts";
import type { GrantId, Instant } from "../grant.ts";

export interface Table {
  client: DynamoDBDocumentClient;
  name: string;
}

/** Opens the table by its name; credentials and region come from the environment. */
export function openTable(name: string): Table {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return { client, name };
}

/** Index of the grants that are not finished for good, by the instant at which the sweeper must look. */
export const openIndex = "open";
/** Index of all grants of one requester, by the instant of the request. */
export const requesterIndex = "requester";

/** Day of an instant, UTC: `2026-11-24`. */
export function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

/**
 * Leading keys separate what functions may change from what they may only add: a policy allows UpdateItem on
 * `grant#*` and `config`, and nothing but PutItem on `event#*` (dangers 27).
 */
export const keys = {
  grant: (id: GrantId) => ({ pk: `grant#${id}`, sk: "grant" }),
  verifier: (id: GrantId) => ({ pk: `grant#${id}`, sk: "verifier" }),
  event: (id: GrantId, version: number) => ({ pk: `event#${id}`, sk: String(version).padStart(6, "0") }),
  /** After all numbered events of the grant. */
  tokenEvent: (id: GrantId, eventId: string) => ({ pk: `event#${id}`, sk: `token#${eventId}` }),
  tokenCount: (id: GrantId, minute: string) => ({ pk: `grant#${id}`, sk: `tokens#${minute}` }),
  idempotency: (personId: string, key: string) => ({
    pk: `idempotency#${personId}#${key}`,
    sk: "idempotency",
  }),
  finding: (id: string) => ({ pk: "finding", sk: id }),
  findingEvent: (id: string, version: number) => ({
    pk: `event#finding#${id}`,
    sk: String(version).padStart(6, "0"),
  }),
  policyScan: () => ({ pk: "policy-scan", sk: "latest" }),
  database: (id: string) => ({ pk: "database", sk: id }),
  stock: (database: string) => ({ pk: "stock", sk: database }),
  rotation: (secret: string) => ({ pk: "rotation", sk: secret }),
  rotationEvent: (id: string, version: number) => ({
    pk: `event#rotation#${id}`,
    sk: String(version).padStart(6, "0"),
  }),
  /** Which secret a database user belongs to; users are known to the whole server. */
  rotatedUser: (server: string, username: string) => ({ pk: "rotated-user", sk: `${server}/${username}` }),
  auditEvent: (id: string) => ({ pk: `audit#${id}`, sk: "audit" }),
  /** The same event again for each question that wants it; a partition a day, so that none is hot. */
  auditLine: (kind: string, key: string, at: Instant, eventId: string) => ({
    pk: `line#${kind}#${key}#${dayOf(at)}`,
    sk: `${at}#${eventId}`,
  }),
  /** A grant that covers a part of this day. */
  held: (database: string, day: string, activatedAt: Instant, id: GrantId) => ({
    pk: `held#${database}#${day}`,
    sk: `${activatedAt}#${id}`,
  }),
  session: (id: GrantId, startedAt: Instant, sessionId: string) => ({
    pk: `session#${id}`,
    sk: `${startedAt}#${sessionId}`,
  }),
  /** What the table's stream told of an added item; a partition an hour. */
  record: ({ recordedAt, pk, sk }: { recordedAt: Instant; pk: string; sk: string }) => ({
    pk: `record#${recordedAt.slice(0, 13)}`,
    sk: `${recordedAt}#${pk}#${sk}`,
  }),
  quarantine: (at: Instant, id: string) => ({ pk: `quarantine#${dayOf(at)}`, sk: id }),
  backfill: (id: string) => ({ pk: "backfill", sk: id }),
  draft: (id: GrantId) => ({ pk: "draft", sk: id }),
  freeze: (scope: string) => ({ pk: "freeze", sk: scope }),
  config: (version: number | "current") => ({
    pk: "config",
    sk: version === "current" ? "current" : String(version).padStart(6, "0"),
  }),
};

/** The conditions of a write did not hold: somebody else was first. */
export function isConditionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "ConditionalCheckFailedException") return true;
  if (error.name !== "TransactionCanceledException") return false;
  return reasons(error).some((it) => it.Code === "ConditionalCheckFailed");
}

/** Which item of a cancelled transaction failed its condition, by position. */
export function failedConditions(error: unknown): number[] {
  if (!(error instanceof Error)) return [];
  return reasons(error).flatMap((it, index) => (it.Code === "ConditionalCheckFailed" ? [index] : []));
}

function reasons(error: Error): { Code?: string }[] {
  const found: unknown = "CancellationReasons" in error ? error.CancellationReasons : [];
  return Array.isArray(found) ? found : [];
}

/** The error to throw after a conditional write of a grant: CONFLICT where somebody else was first. */
export function conflictOr(error: unknown, id: GrantId): unknown {
  if (!isConditionFailure(error)) return error;
  return new DbleaseError("CONFLICT", `grant ${id} has just been changed by somebody else`, {
    next: `dblease show ${id}`,
    cause: error,
  });
}
