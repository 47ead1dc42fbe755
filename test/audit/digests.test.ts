/** The chain of digests over a real table, bucket and delivery stream of the emulator: what was changed is named by its day. */
import { CreateDeliveryStreamCommand, FirehoseClient } from "@aws-sdk/client-firehose";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, expect, test } from "vitest";
import type { Api } from "../../cli/api.ts";
import { verifyAudit } from "../../cli/verify-audit.ts";
import { checkDay, listDigests } from "../../src/api/audit-digests.ts";
import type { ApiParts } from "../../src/api/routes.ts";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { recordAuditEvent } from "../../src/store/audit-events.ts";
import { keys } from "../../src/store/table.ts";
import { archiveEvents } from "../../src/workflow/archive-events.ts";
import { digestDays } from "../../src/workflow/digest-days.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
const [bucket, stream] = ["archive", "archive"];
let s3: S3Client;

/** An event at noon of a day in November; hostile where it can be. */
function event(day: number, id: string): AuditEvent {
  return {
    id,
    at: `2026-11-${day}T12:00:00.000Z`,
    origin: "cloudtrail",
    name: "PutUserPolicy",
    actor: { name: "mallory\n\t'; --", id: "AIDAMALLORY" },
    database: "orders",
    facts: { policyName: "mine", count: 3, gone: true },
  };
}

type Item = Record<string, unknown> & { pk: string; sk: string };

async function itemAt(key: { pk: string; sk: string }): Promise<Item> {
  const { client, name } = given.table;
  return (await client.send(new GetCommand({ TableName: name, Key: key }))).Item as Item;
}

async function put(item: Item): Promise<void> {
  await given.table.client.send(new PutCommand({ TableName: given.table.name, Item: item }));
}

async function remove({ pk, sk }: Item): Promise<void> {
  await given.table.client.send(new DeleteCommand({ TableName: given.table.name, Key: { pk, sk } }));
}

/** What the table's stream tells, an hour after the event. */
async function tell(...items: Item[]): Promise<void> {
  const archive = { table: given.table, firehose: new FirehoseClient(given.root), stream };
  await archiveEvents(
    archive,
    items.map((item) => ({ item, createdAt: Date.parse(String(item.at)) / 1000 + 3600 })),
  );
}

async function record(...events: AuditEvent[]): Promise<void> {
  for (const it of events) {
    await recordAuditEvent(given.table, it);
    await tell(await itemAt(keys.auditEvent(it.id)));
  }
}

const early = (day: number) => new Date(`2026-11-${day}T03:00:00.000Z`);
const digest = (day: number) => digestDays(given.table, { s3, bucket }, early(day));

/** As the CLI asks, without the network between. */
function verify(from?: string, now = early(26)) {
  const parts = {
    table: given.table,
    archive: { s3, bucket },
    clock: () => new Date(),
  } as unknown as ApiParts;
  const api = {
    digests: (day: string | undefined) => listDigests(parts, day),
    checkDay: (day: string, hour: number) => checkDay(parts, day, hour),
  } as unknown as Api;
  return verifyAudit(api, from, now, () => {});
}

beforeAll(async () => {
  s3 = new S3Client({ ...given.root, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await new FirehoseClient(given.root).send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: stream,
      ExtendedS3DestinationConfiguration: {
        RoleARN: "arn:aws:iam::000000000000:role/firehose",
        BucketARN: `arn:aws:s3:::${bucket}`,
        Prefix: "events/",
      },
    }),
  );
  await record(event(20, "a"), event(20, "b"), event(21, "c"), event(22, "d"));
  const own = { pk: "event#0123456789ab", sk: "000001", id: "x", at: "2026-11-21T08:00:00.000Z" };
  await put(own);
  await tell(own, own);
  for (const day of [22, 23, 24]) await digest(day);
});

test("each closed day has one digest, made once; a function that missed days catches up", async () => {
  expect(await digest(24)).toEqual([]);
  const { digests } = await listDigests({ archive: { s3, bucket } } as ApiParts, undefined);
  expect(digests.map((it) => [it.day, it.hours.map((hour) => [hour.hour, hour.events])])).toEqual([
    ["2026-11-20", [[13, 2]]],
    [
      "2026-11-21",
      [
        [9, 1],
        [13, 1],
      ],
    ],
    ["2026-11-22", [[13, 1]]],
  ]);
  expect(await digest(26)).toEqual(["2026-11-23", "2026-11-24"]);
});

test("nothing has changed: every event is as it was recorded, own events included", async () => {
  expect(await verify()).toEqual({ from: "2026-11-20", to: "2026-11-24", events: 5 });
  expect(await verify("2026-11-22")).toMatchObject({ from: "2026-11-22", events: 1 });
  expect(await verify("2027-01-01")).toEqual({ events: 0 });
});

const auditOf = (id: string) => () => itemAt(keys.auditEvent(id));

test.each([
  ["a changed event", auditOf("c"), (it: Item) => put({ ...it, name: "GetUser" }), "2026-11-21", /changed/],
  ["a removed event", auditOf("a"), remove, "2026-11-20", /changed or removed/],
  [
    "a changed event of dblease's own",
    () => itemAt({ pk: "event#0123456789ab", sk: "000001" }),
    (it: Item) => put({ ...it, actor: "somebody else" }),
    "2026-11-21",
    /changed/,
  ],
  [
    "a copy that a question reads, changed",
    () => itemAt(keys.auditLine("database", "orders", event(22, "d").at, "d")),
    (it: Item) => put({ ...it, actor: { name: "nobody" } }),
    "2026-11-22",
    /changed/,
  ],
  [
    "a removed record",
    () => itemAt(keys.record({ recordedAt: "2026-11-20T13:00:00.000Z", pk: "audit#b", sk: "audit" })),
    remove,
    "2026-11-20",
    /of 2 records between 13:00 and 14:00 UTC, 1 are left/,
  ],
])("%s is named by its day", async (_what, find, change, day, because) => {
  const before = await find();
  await change(before);
  expect((await verify()).broken).toMatchObject({ day, because: expect.stringMatching(because) });
  await put(before);
  expect((await verify()).broken).toBeUndefined();
});

test("an event that was added to a past day is named", async () => {
  const added = { ...event(20, "e"), ...keys.auditEvent("e") };
  await put(added);
  await tell(added);
  expect((await verify()).broken).toMatchObject({
    day: "2026-11-20",
    because: "of 3 records between 13:00 and 14:00 UTC, 2 are as old as they say",
  });
  await remove({
    ...added,
    ...keys.record({ recordedAt: "2026-11-20T13:00:00.000Z", pk: added.pk, sk: added.sk }),
  });
  expect((await verify()).broken).toBeUndefined();
});

test("a digest that was written anew breaks the chain at its day, or at the next", async () => {
  const Key = "digests/2026-11-21.json";
  const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const text = `${await found.Body?.transformToString()}`;
  const forged = { ...JSON.parse(text), hours: [] };
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(forged) }));
  expect((await verify()).broken).toMatchObject({ day: "2026-11-21" });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: text }));
  expect((await verify()).broken).toBeUndefined();
});

test("a digest that is gone is missed, at the beginning, in the middle and at the end", async () => {
  const named = [
    ["2026-11-20", "2026-11-21"],
    ["2026-11-22", "2026-11-23"],
  ] as const;
  for (const [gone, day] of named) {
    const Key = `digests/${gone}.json`;
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const Body = `${await found.Body?.transformToString()}`;
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    expect((await verify()).broken).toMatchObject({ day });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  }
  expect((await verify(undefined, early(27))).broken).toBeUndefined();
  expect((await verify(undefined, early(29))).broken).toMatchObject({ day: "2026-11-25" });
});

test("the archive holds each audit event as one line, and nothing of dblease's own items", async () => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "events/" }));
  const texts = await Promise.all(
    Contents.map(async ({ Key }) =>
      (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString(),
    ),
  );
  const lines = texts
    .join("")
    .trim()
    .split("\n")
    .map((it) => JSON.parse(it));
  expect(lines.map((it) => it.id).sort()).toEqual(["a", "b", "c", "d", "e"]);
  expect(lines.find((it) => it.id === "a")).toEqual({
    ...event(20, "a"),
    recordedAt: "2026-11-20T13:00:00.000Z",
  });
});
