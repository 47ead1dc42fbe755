/**
 * What a question costs does not depend on how much is stored: asked of a table with 2,000 events and again when it
 * has ten times as many, in the soak a hundred times (AUDIT_EVENTS=200000, which takes most of a minute to write).
 */
import { BatchGetCommand, BatchWriteCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { askGrant } from "../../src/audit/ask-grant.ts";
import { askPerson } from "../../src/audit/ask-person.ts";
import { askSessions } from "../../src/audit/ask-sessions.ts";
import { askWho } from "../../src/audit/ask-who.ts";
import { type AuditEvent, linesOf } from "../../src/audit/audit-event.ts";
import { keys, type Table } from "../../src/store/table.ts";
import { closedGrant, store } from "./closed-grant.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
const few = 2_000;
const many = Number(process.env.AUDIT_EVENTS ?? 10_000);

/** On this day everything is there from the beginning; what comes later fills other days, people and databases. */
const asked = "2026-11-24";

/** The n-th event: every day has as many as every other, so more events are a longer history. */
function event(n: number): AuditEvent {
  const day = new Date(Date.parse(`${asked}T00:00:00.000Z`) - Math.floor(n / 200) * 86_400_000);
  const at = new Date(day.getTime() + (n % 200) * 60_000).toISOString();
  const person = `AIDA${n % 50}`;
  return {
    id: `generated-${n}`,
    at,
    origin: "dblease",
    name: "GrantActivated",
    actor: { name: `person ${n % 50}`, id: person },
    database: n % 2 === 0 ? "orders" : "carts",
    grantId: `generated${String(n).padStart(12, "0")}`,
    facts: { role: "read-only" },
  };
}

/** As the collector would have written them, but for the pace. */
function itemsOf(it: AuditEvent): Record<string, unknown>[] {
  const held = {
    grantId: it.grantId,
    database: it.database,
    from: it.at,
    until: it.at,
    closed: true,
    version: 5,
  };
  return [
    { ...keys.auditEvent(it.id), ...it },
    { ...keys.held(`${it.database}`, it.at.slice(0, 10), it.at, `${it.grantId}`), ...held },
    ...linesOf(it)
      .filter(({ kind }) => kind !== "grant")
      .map(({ kind, key }) => ({ ...keys.auditLine(kind, key, it.at, it.id), ...it })),
  ];
}

async function write({ client, name }: Table, from: number, to: number): Promise<void> {
  let next = from;
  const batches = async () => {
    while (next < to) {
      const start = next;
      next += 6;
      const events = Array.from({ length: Math.min(6, to - start) }, (_, index) => event(start + index));
      const Items = events.flatMap(itemsOf).map((Item) => ({ PutRequest: { Item } }));
      await client.send(new BatchWriteCommand({ RequestItems: { [name]: Items } }));
    }
  };
  await Promise.all([1, 2, 3, 4].map(batches));
}

/** Counts what goes to DynamoDB and how many items it looks at. */
function counting({ client, name }: Table) {
  const cost = { calls: 0, items: 0 };
  const counted = new Proxy(client, {
    get(target, property) {
      if (property !== "send") return Reflect.get(target, property, target);
      return async (command: never) => {
        const answer: object = await target.send(command);
        cost.calls += 1;
        const sent: unknown = command;
        if (sent instanceof QueryCommand)
          cost.items += Number("ScannedCount" in answer && answer.ScannedCount);
        else if (sent instanceof BatchGetCommand)
          cost.items += Object.values(("Responses" in answer && answer.Responses) || {}).flat().length;
        else if (sent instanceof GetCommand) cost.items += 1;
        else throw new Error("a question reads by other means than it should");
        return answer;
      };
    },
  });
  return { table: { client: counted, name }, cost };
}

const grant = closedGrant("asked0000000", `${asked}T10:00:00.000Z`, `${asked}T10:30:00.000Z`);
const [from, to] = [`${asked}T09:00:00.000Z`, `${asked}T12:00:00.000Z`];
const questions: Record<string, (table: Table) => Promise<unknown>> = {
  "who at": (table) => askWho(table, { database: "orders", from: grant.requestedAt, to: grant.requestedAt }),
  "who between": (table) => askWho(table, { database: "orders", from, to }),
  person: (table) =>
    askPerson(table, { person: "p", keys: ["AIDA7", "person/rita"], from: "2026-11-18T00:00:00.000Z", to }),
  grant: (table) => askGrant(table, grant, undefined),
  sessions: (table) => askSessions(table, { database: "orders", from, to }),
};

async function ask(): Promise<Record<string, { calls: number; items: number; answer: string }>> {
  const found = await Promise.all(
    Object.entries(questions).map(async ([name, question]) => {
      const { table, cost } = counting(given.table);
      const answer = JSON.stringify(await question(table));
      return [name, { ...cost, answer }] as const;
    }),
  );
  return Object.fromEntries(found);
}

test(`queries and items read are the same with ${few} and ${many} events`, async () => {
  await store(given.table, grant);
  await write(given.table, 0, few);
  const before = await ask();
  await write(given.table, few, many);
  const after = await ask();
  expect(after).toEqual(before);
  for (const [name, { calls, items }] of Object.entries(before)) {
    expect([name, calls <= 28, items <= 260]).toEqual([name, true, true]);
  }
});
