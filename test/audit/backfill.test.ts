/** Reading CloudTrail's past, from a played event history: a real one cannot be filled, and cannot die on demand. */
import type { CloudTrailClient, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { runBackfill } from "../../src/audit/run-backfill.ts";
import { type Backfill, backfillId, backfillProgress, searchesFor } from "../../src/backfill.ts";
import { readConfig } from "../../src/config.ts";
import { readBackfill, writeBackfill } from "../../src/store/backfills.ts";
import { writeConfig } from "../../src/store/configs.ts";
import { keys } from "../../src/store/table.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
const from = "2026-11-01T00:00:00.000Z";
const to = "2026-11-08T00:00:00.000Z";
const secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:orders/admin-AbCdEf";
const config = readConfig(
  `
persons: { rita: [AIDARITA] }
roles: { reader: [{ schemas: [public], privileges: [select] }] }
databases:
  orders: { engine: postgres, host: db.example, port: 5432, database: orders, adminSecret: "${secret}", roles: [reader] }
rules: [{ id: read, who: [rita], databases: [orders], roles: [reader] }]
`,
  "backfill.yaml",
);

interface Past {
  region: string;
  source: string;
  at: number;
  text: string;
}

function past(region: string, source: string, number: number, more: object = {}): Past {
  const at = Date.parse(from) + number * 60_000;
  const record = {
    eventVersion: "1.09",
    eventID: `${source}-${number}`,
    eventTime: new Date(at).toISOString().replace(".000", ""),
    eventSource: `${source}.amazonaws.com`,
    eventName: "PutUserPolicy",
    awsRegion: region,
    recipientAccountId: "000000000000",
    requestParameters: { userName: "mallory", policyName: "in" },
    readOnly: false,
    ...more,
  };
  return { region, source: record.eventSource, at, text: JSON.stringify(record) };
}

/** Answers as LookupEvents does: newest first, fifty at a time, pages by a token that fits its question alone. */
class PlayedHistory {
  readonly calls: { at: number; region: string }[] = [];
  now = Date.parse("2026-11-09T00:00:00.000Z");
  dieAfter = Number.POSITIVE_INFINITY;
  private readonly events: Past[];

  constructor(events: Past[]) {
    this.events = events;
  }

  client(region: string): CloudTrailClient {
    const send = async ({ input }: { input: LookupEventsCommandInput }) => {
      if (this.calls.length >= this.dieAfter) throw new Error("killed");
      this.calls.push({ at: this.now, region });
      const [attribute] = input.LookupAttributes ?? [];
      const { StartTime: start, EndTime: end } = input;
      const question = JSON.stringify([region, attribute, start, end]);
      const found = this.events
        .filter((it) => it.region === region && it.source === attribute?.AttributeValue)
        .filter((it) => it.at >= Number(start) && it.at <= Number(end))
        .sort((a, b) => b.at - a.at);
      const { of, first } = input.NextToken ? JSON.parse(input.NextToken) : { of: question, first: 0 };
      if (of !== question) throw new Error("InvalidNextTokenException");
      const page = found.slice(first, first + 50);
      return {
        Events: page.map((it) => ({ EventTime: new Date(it.at), CloudTrailEvent: it.text })),
        ...(first + 50 < found.length ? { NextToken: JSON.stringify({ of, first: first + 50 }) } : {}),
      };
    };
    // Only `send` is used.
    return { send } as unknown as CloudTrailClient;
  }
}

function parts(history: PlayedHistory, stretchMs: number) {
  return {
    table: given.table,
    installed: {},
    clock: () => new Date(history.now),
    cloudTrail: (region: string) => history.client(region),
    pause: async (milliseconds: number) => {
      history.now += milliseconds;
    },
    stretchMs,
  };
}

/** A grant of an hour with its two events, whose lines nobody has written. */
async function grantWithoutLines(number: number, activatedAt: string): Promise<void> {
  const id = `${number}`.padStart(12, "0");
  const at = (minutes: number) => new Date(Date.parse(activatedAt) + minutes * 60_000).toISOString();
  const requester = { id: "AIDARITA", name: "rita" };
  const grant = {
    id,
    database: "orders",
    requester,
    approvals: [],
    role: "reader",
    activatedAt,
    expiresAt: at(60),
  };
  const closed = { ...grant, closedAt: at(61) };
  const items = [
    { ...keys.grant(id), ...closed, requesterId: requester.id, requestedAt: activatedAt },
    {
      ...keys.event(id, 3),
      id: `${id}-3`,
      name: "GrantActivated",
      at: at(0),
      version: 3,
      actor: "dblease",
      grant,
    },
    {
      ...keys.event(id, 5),
      id: `${id}-5`,
      name: "GrantRevoked",
      at: at(61),
      version: 5,
      actor: "dblease",
      grant: closed,
    },
  ];
  const { client, name: TableName } = given.table;
  await Promise.all(items.map((Item) => client.send(new PutCommand({ TableName, Item }))));
}

test("all of a week is read once, whoever dies in between, at less than two calls a second", async () => {
  await writeConfig(given.table, config, 0);
  const reading = (number: number, secretId: string) =>
    past("eu-west-1", "secretsmanager", number, {
      eventName: "GetSecretValue",
      readOnly: true,
      requestParameters: { secretId },
    });
  for (let it = 0; it < 51; it += 1) await grantWithoutLines(it, "2026-11-03T08:00:00.000Z");
  await grantWithoutLines(51, "2026-10-01T08:00:00.000Z");
  const history = new PlayedHistory([
    ...Array.from({ length: 160 }, (_, number) => past("us-east-1", "iam", number * 60)),
    // IAM is not told elsewhere.
    past("eu-west-1", "iam", 1),
    ...Array.from({ length: 60 }, () => past("eu-west-1", "rds", 500, { eventID: `rds-${Math.random()}` })),
    reading(10, "orders/admin"),
    reading(11, secret),
    reading(12, "somebody/elses"),
    past("eu-west-1", "secretsmanager", 13, { eventVersion: "9.0" }),
  ]);
  const id = backfillId(from, to);
  expect(id).toBe("20261101T000000Z-20261108T000000Z");
  const begun: Backfill = {
    id,
    from,
    to,
    by: "root",
    attempt: 1,
    startedAt: to,
    updatedAt: to,
    grants: { done: false },
    searches: searchesFor(to, "eu-west-1", undefined),
    counts: { grants: 0, pages: 0, read: 0, recorded: 0, known: 0, passedOver: 0, quarantined: 0 },
  };
  await writeBackfill(given.table, begun, 0);
  let progress = 0;
  let done = false;
  for (let run = 0; !done && run < 50; run += 1) {
    // Each stretch is over after three pages or dies at the next.
    history.dieAfter = history.calls.length + (run % 2 === 0 ? 2 : 9);
    done = await runBackfill(parts(history, 1_500), id).then(
      (it) => it.done,
      () => false,
    );
    const now = backfillProgress(await readBackfill(given.table, id));
    expect(now).toBeGreaterThanOrEqual(progress);
    progress = now;
  }
  const { counts, finishedAt } = await readBackfill(given.table, id);
  expect(finishedAt).toBeDefined();
  expect(progress).toBe(1);
  expect(counts).toMatchObject({ recorded: 160 + 60 + 2, quarantined: expect.any(Number) });
  const items = await given.items();
  expect(items.filter((it) => `${it.pk}`.startsWith("audit#iam-"))).toHaveLength(160);
  expect(items.filter((it) => `${it.pk}`.startsWith("audit#rds-"))).toHaveLength(60);
  expect(items.filter((it) => `${it.pk}`.startsWith("audit#secretsmanager-"))).toHaveLength(2);
  expect(items.filter((it) => `${it.pk}`.startsWith("quarantine#"))).toHaveLength(1);
  expect(counts.grants).toBe(51);
  expect(items.filter((it) => it.pk === "line#database#orders#2026-11-03")).toHaveLength(102);
  const held = items.filter((it) => `${it.pk}`.startsWith("held#"));
  expect(held).toHaveLength(51);
  expect(new Set(held.map((it) => it.until))).toEqual(new Set(["2026-11-03T09:01:00.000Z"]));
  for (const region of ["us-east-1", "eu-west-1"]) {
    const times = history.calls.filter((it) => it.region === region).map((it) => it.at);
    const within = times.map((it) => times.filter((other) => other >= it && other < it + 1_000).length);
    expect(Math.max(...within)).toBeLessThanOrEqual(2);
  }
});

test("who was begun anew elsewhere writes nothing more", async () => {
  const history = new PlayedHistory([past("us-east-1", "iam", 1)]);
  const id = backfillId(from, to);
  const done = await readBackfill(given.table, id);
  const { finishedAt: _, ...rest } = done;
  const again = { ...rest, attempt: 2, searches: searchesFor(to, "eu-west-1", undefined) };
  await writeBackfill(given.table, again, 1);
  const old = parts(history, 60_000);
  const meanwhile = {
    ...old,
    pause: async () => {
      await writeBackfill(given.table, { ...again, attempt: 3 }, 2);
    },
  };
  expect(await runBackfill(meanwhile, id)).toEqual({ done: true });
  expect(await readBackfill(given.table, id)).toMatchObject({ attempt: 3, counts: done.counts });
});
