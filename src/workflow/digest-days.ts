/** The chain of digests: one object a day in a bucket of its own, written once, by a function that may do nothing else. */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import {
  beginning,
  type Day,
  type DayDigest,
  dayAfter,
  dayDigest,
  type HourDigest,
  hourDigest,
} from "../audit/day-digest.ts";
import { recordEntries } from "../store/audit-record.ts";
import type { Table } from "../store/table.ts";

export interface Digests {
  s3: S3Client;
  bucket: string;
}

const prefix = "digests/";
const keyOf = (day: Day) => `${prefix}${day}.json`;

/** A stream keeps its records for a day; after that nothing can come late. */
const closedAfterMs = 26 * 3_600_000;

function dayIn(key: string | undefined): Day {
  return `${key}`.slice(prefix.length, prefix.length + 10);
}

export async function findDigest({ s3, bucket }: Digests, day: Day): Promise<DayDigest | undefined> {
  try {
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(day) }));
    // Objects under `digests/` are written by this file alone.
    return JSON.parse(`${await found.Body?.transformToString()}`) as DayDigest;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** The first day that has a digest, of all or after this one. */
export async function firstDay({ s3, bucket }: Digests, after?: Day): Promise<Day | undefined> {
  const page = await s3.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: 1,
      ...(after === undefined ? {} : { StartAfter: keyOf(after) }),
    }),
  );
  return page.Contents?.map((it) => dayIn(it.Key))[0];
}

async function lastDay({ s3, bucket }: Digests): Promise<Day | undefined> {
  const wish = { client: s3 };
  let last: Day | undefined;
  // In the order of their keys (S3 API reference, ListObjectsV2), a thousand at a time.
  for await (const page of paginateListObjectsV2(wish, { Bucket: bucket, Prefix: prefix })) {
    last = page.Contents?.map((it) => dayIn(it.Key)).at(-1) ?? last;
  }
  return last;
}

/**
 * Writes the digest of every day that is closed and has none. A digest is written once: whoever comes second finds it.
 * @returns the days that have a digest now and had none before.
 */
export async function digestDays(table: Table, digests: Digests, now: Date): Promise<Day[]> {
  const newest = new Date(now.getTime() - closedAfterMs - 86_400_000).toISOString().slice(0, 10);
  const last = await lastDay(digests);
  let previous = last === undefined ? beginning : ((await findDigest(digests, last))?.sha256 ?? beginning);
  const done: Day[] = [];
  for (let day = last === undefined ? newest : dayAfter(last); day <= newest; day = dayAfter(day)) {
    const hours: HourDigest[] = [];
    for (let hour = 0; hour < 24; hour++) hours.push(hourDigest(hour, await recordEntries(table, day, hour)));
    const digest = dayDigest(day, previous, hours);
    await write(digests, digest);
    previous = digest.sha256;
    done.push(day);
  }
  return done;
}

async function write({ s3, bucket }: Digests, digest: DayDigest): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: keyOf(digest.day),
      Body: JSON.stringify(digest),
      ContentType: "application/json",
      IfNoneMatch: "*",
    }),
  );
}
