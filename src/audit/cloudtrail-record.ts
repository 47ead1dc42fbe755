/**
 * A CloudTrail record as far as it is read here. Fields that are not known are passed over, and so are newer minor
 * versions; what does not fit goes to the quarantine with the field's name.
 * Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element".
 */
import * as z from "zod";

const text = z.string().max(2_048);
/** What ends up in a key of the table: no character that separates there, and never long. */
const word = z.string().regex(/^[\w.-]{1,128}$/);
const arn = z.string().regex(/^arn:[\w-]+:[\w-]*:[\w-]*:\d*:[^\s#\p{C}]{1,600}$/u);

/** CloudTrail writes `null` where there is nothing. */
function maybe<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((it) => it ?? undefined);
}

const anything = maybe(z.record(z.string(), z.unknown()));

/** `2024-08-01T13:29:57Z`; some who keep records write it with a space and without the zone, which is UTC. */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?Z?$/)
  .transform((it) => new Date(`${it.slice(0, 10)}T${it.slice(11, 19)}Z`))
  .refine((it) => !Number.isNaN(it.getTime()), "no such time")
  .transform((it) => it.toISOString());

const identity = z.looseObject({
  type: maybe(word),
  principalId: maybe(text),
  arn: maybe(arn),
  userName: maybe(text),
  accountId: maybe(word),
  invokedBy: maybe(text),
  onBehalfOf: maybe(z.looseObject({ userId: maybe(text) })),
  sessionContext: maybe(
    z.looseObject({
      sessionIssuer: maybe(z.looseObject({ arn: maybe(arn), userName: maybe(text) })),
      sourceIdentity: maybe(text),
    }),
  ),
});

export const cloudTrailRecord = z.looseObject({
  eventVersion: z.string().regex(/^1\.\d{1,4}$/, "not a version 1"),
  eventID: word,
  eventTime: instant,
  eventSource: word,
  eventName: word,
  eventType: maybe(word),
  awsRegion: word,
  recipientAccountId: maybe(word),
  sourceIPAddress: maybe(text),
  userAgent: maybe(text),
  errorCode: maybe(text),
  readOnly: maybe(z.union([z.boolean(), z.stringbool()])),
  userIdentity: maybe(identity),
  requestParameters: anything,
  responseElements: anything,
  additionalEventData: anything,
  serviceEventDetails: anything,
  resources: maybe(z.array(z.looseObject({ ARN: maybe(text) }))),
});

export type CloudTrailRecord = z.infer<typeof cloudTrailRecord>;
