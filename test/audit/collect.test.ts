/** The collector on a real table of the emulator's DynamoDB: bursts, repetitions, two at once, and whatever strangers send. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { collect } from "../../src/audit/collect.ts";
import { collectOwn } from "../../src/audit/collect-own.ts";
import type { OwnEvent } from "../../src/audit/from-dblease.ts";
import { readDelivered } from "../../src/audit/read-delivered.ts";
import { GivenTable } from "./given-table.ts";
import { type DeliveredRecord, recorded } from "./recorded.ts";

const given = new GivenTable();

function collector() {
  return { table: given.table, installed: {}, clock: () => new Date("2026-11-24T10:00:00.000Z") };
}

function messageOf(body: string, index: number) {
  return { messageId: `m${index}`, body };
}

/** Batch by batch, as Lambda does it, and what was counted in all. */
async function collected(bodies: readonly string[]) {
  const sum: Record<string, number> = {};
  for (let at = 0; at < bodies.length; at += 10) {
    const { again, counts } = await collect(collector(), bodies.slice(at, at + 10).map(messageOf));
    expect(again).toEqual([]);
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

function numbered(record: DeliveredRecord, number: number): string {
  const eventTime = new Date(Date.parse("2026-11-24T00:00:00Z") + number * 1000).toISOString();
  const detail = { ...record.detail, eventID: `burst-${number}`, eventTime: eventTime.replace(".000", "") };
  return JSON.stringify({ ...record, detail });
}

/** As many as are quickly told; DBLEASE_BURST=5000 tells of more. */
const events = Number(process.env.DBLEASE_BURST ?? 100);

test("a burst, shuffled, many twice, poison among them, for two collectors at once, is there once", async () => {
  const [record] = recorded("stratus-red-team");
  if (!record) throw new Error("no record");
  const different = Array.from({ length: events }, (_, number) => numbered(record, number));
  const poison = [
    "{",
    JSON.stringify({ ...record, detail: { eventID: "bad" } }),
    JSON.stringify({ a: "x".repeat(300_000) }),
  ];
  // Every event is delivered to both, and some come again.
  const burst = [...different, ...poison, ...different.slice(0, events / 5)];
  const shuffled = burst.map((it, index) => ({ it, key: (index * 7_919) % burst.length }));
  const bodies = shuffled.sort((a, b) => a.key - b.key).map(({ it }) => it);
  const [one, two] = await Promise.all([collected(bodies), collected([...bodies].reverse())]);
  expect((one?.AuditRecorded ?? 0) + (two?.AuditRecorded ?? 0)).toBe(events);
  expect(one).toMatchObject({ AuditQuarantined: 3, AuditFailed: 0 });
  const items = await given.items();
  const under = (prefix: string) => items.filter((it) => `${it.pk}`.startsWith(prefix));
  expect(under("audit#")).toHaveLength(events);
  expect(under("line#person#AIDA")).toHaveLength(events);
  expect(
    under("quarantine#")
      .map(({ reason, eventId }) => [reason, eventId])
      .sort(),
  ).toEqual([
    ["eventVersion: Invalid input: expected string, received undefined", "bad"],
    ["longer than 262144 bytes", undefined],
    ["not JSON", undefined],
  ]);
  // What was refused is known by its length and hash alone.
  expect(Math.max(...under("quarantine#").map((it) => JSON.stringify(it).length))).toBeLessThan(400);
});

test("what the table does not take comes again, and nothing else of the batch", async () => {
  const records = recorded().map((it) => JSON.stringify(it));
  const client = new Proxy(given.table.client, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name, target);
      return async (command: { input: { Item?: { name?: string } } }) => {
        if (command.input.Item?.name === "CreateUser") throw new Error("throttled");
        return target.send(command as never);
      };
    },
  });
  const part = { ...collector(), table: { ...given.table, client } };
  const { again, counts } = await collect(part, records.map(messageOf));
  const failed = recorded().findIndex((it) => it.detail.eventName === "CreateUser");
  expect(again).toEqual([`m${failed}`]);
  expect(counts.AuditFailed).toBe(1);
  expect((await collect(collector(), [messageOf(`${records[failed]}`, 0)])).again).toEqual([]);
});

test("no event of our own can hold up those behind it: neither the longest that there may be nor one of a kind to come", async () => {
  const what = "ü".repeat(490);
  const at = "2026-11-24T10:00:00.000Z";
  const finding = { id: `orders/stranger/${what}`, database: "orders", kind: "stranger", what };
  const opened = { id: `${finding.id}-1`, name: "FindingOpened", at, version: 1, actor: "dblease", finding };
  await collectOwn(given.table, opened as unknown as OwnEvent);
  await collectOwn(given.table, opened as unknown as OwnEvent);
  await collectOwn(given.table, { id: "x-1", name: "SomethingNew", at, novel: {} } as unknown as OwnEvent);
  const lines = (await given.items()).filter((it) => it.pk === "line#database#orders#2026-11-24");
  expect(lines.map((it) => it.name)).toEqual(["FindingOpened"]);
});

const hostile = fc.oneof(
  fc.constantFrom(
    "#",
    "\u0000",
    "\u202e",
    "$&",
    "__proto__",
    "constructor",
    "{{",
    "'; DROP TABLE x; --",
    "x".repeat(5_000),
  ),
  fc.string({ unit: "binary" }),
  fc.jsonValue(),
);

/** A record with some of its fields replaced by anything, however deep. */
const broken = fc
  .record({
    record: fc.constantFrom(...recorded()),
    fields: fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 4 }),
  })
  .map(({ record, fields }) => {
    const detail = structuredClone(record.detail);
    for (const [place, value] of fields) {
      const places: [object, string][] = [];
      const walk = (it: unknown) => {
        if (typeof it !== "object" || it === null) return;
        for (const [key, inner] of Object.entries(it)) {
          places.push([it, key]);
          walk(inner);
        }
      };
      walk(detail);
      const [of, key] = places[place % places.length] ?? [detail, "eventID"];
      Object.assign(of, { [key]: value });
    }
    return JSON.stringify({ ...record, detail });
  });

test("whatever a record holds, it becomes a small event with sound keys, or is refused with a reason", () => {
  fc.assert(
    fc.property(broken, (text) => {
      const read = readDelivered(text, {});
      if ("refused" in read) {
        expect(read.refused.length).toBeLessThan(210);
        return;
      }
      const { event } = read;
      const keys = [event.id, event.actor.id, event.actor.arn, event.subject, event.secret, event.server];
      for (const key of keys.filter((it) => it !== undefined)) expect(key).toMatch(/^[^\s#\p{Cc}]{1,700}$/u);
      expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
      expect(JSON.stringify(event).length).toBeLessThan(8_000);
      for (const fact of Object.values(event.facts))
        expect(["string", "number", "boolean"]).toContain(typeof fact);
      expect(JSON.stringify(event)).not.toMatch(/[\p{Cf}]|\\u00[01]/u);
    }),
    { numRuns: 2_000 },
  );
});

test("any text at all is read or refused", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
      expect(readDelivered(text, {})).toHaveProperty("refused");
    }),
  );
});
