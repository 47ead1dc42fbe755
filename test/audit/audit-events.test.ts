/** The store of audit events, on a real table of the emulator's DynamoDB. */
import { BatchGetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import type { AuditEvent, Line } from "../../src/audit/audit-event.ts";
import type { GrantEvent } from "../../src/events.ts";
import { auditEventsOf, recordAuditEvent } from "../../src/store/audit-events.ts";
import { holdGrant } from "../../src/store/held-grants.ts";
import { keys, type Table } from "../../src/store/table.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();

function event(id: string, at: string, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id,
    at,
    origin: "cloudtrail",
    name: "PutUserPolicy",
    actor: { name: "mallory", id: "AIDAMALLORY", arn: "arn:aws:iam::000000000000:user/mallory" },
    subject: "arn:aws:iam::000000000000:user/mallory",
    facts: { policyName: "mine" },
    ...more,
  };
}

async function idsOf(line: Line, from: string, to: string): Promise<string[]> {
  const found: string[] = [];
  for await (const it of auditEventsOf(given.table, line, from, to)) found.push(it.id);
  return found;
}

/** A client that dies after so many writes. */
function dying(table: Table, after: number): Table {
  let left = after;
  const client = new Proxy(table.client, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name, target);
      return async (command: never) => {
        if (left-- <= 0) throw new Error("killed");
        return target.send(command);
      };
    },
  });
  return { client, name: table.name };
}

test("an event that is told twice, late, by two at once, or by one who died in the middle is there once", async () => {
  const line: Line = { kind: "person", key: "AIDAMALLORY" };
  const days: [string, string] = ["2026-11-23T00:00:00.000Z", "2026-11-26T00:00:00.000Z"];
  const late = event("e2", "2026-11-24T23:59:59.999Z");
  const early = event("e1", "2026-11-24T00:00:00.000Z");
  const next = event("e3", "2026-11-25T00:00:00.000Z", { attempt: { code: "AccessDenied" } });
  expect(await recordAuditEvent(given.table, late)).toBe(true);
  expect(await recordAuditEvent(given.table, early)).toBe(true);
  expect(await recordAuditEvent(given.table, late)).toBe(false);
  for (const after of [0, 1, 2, 3]) {
    await recordAuditEvent(dying(given.table, after), next).catch(() => undefined);
  }
  const answers = await Promise.all([1, 2, 3, 4].map(() => recordAuditEvent(given.table, next)));
  expect(answers.filter(Boolean).length).toBeLessThanOrEqual(1);
  expect(await idsOf(line, ...days)).toEqual(["e1", "e2", "e3"]);
  expect(await idsOf({ kind: "person", key: `${late.actor.arn}` }, ...days)).toEqual(["e1", "e2", "e3"]);
  // Until before an instant.
  expect(await idsOf(line, "2026-11-24T00:00:00.000Z", "2026-11-24T23:59:59.999Z")).toEqual(["e1"]);
  const { Responses } = await given.table.client.send(
    new BatchGetCommand({
      RequestItems: {
        [given.table.name]: { Keys: ["e1", "e2", "e3"].map((id) => keys.auditEvent(id)) },
      },
    }),
  );
  expect(Responses?.[given.table.name]).toHaveLength(3);
  // Three events, each on two lines of persons.
  expect(await given.items()).toHaveLength(9);
});

const grantId = "7k2m9q4x1c0z";

function granted(version: number, at: string, more: Partial<GrantEvent["grant"]>): GrantEvent {
  const grant = {
    id: grantId,
    version,
    database: "orders",
    requester: { id: "AIDARITA", name: "rita" },
    activatedAt: "2026-11-24T22:00:00.000Z",
    ...more,
  };
  // Nothing else of a grant is read here.
  return { id: `${grantId}-${version}`, at, version, grant } as unknown as GrantEvent;
}

async function heldOn(day: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await given.table.client.send(
    new QueryCommand({
      TableName: given.table.name,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": `held#orders#${day}` },
    }),
  );
  return Items;
}

test("every day that a grant covers points to it, and its end is corrected, in whatever order that is told", async () => {
  const activated = granted(3, "2026-11-24T22:00:00.000Z", { expiresAt: "2026-11-25T02:00:00.000Z" });
  const extended = granted(4, "2026-11-25T01:00:00.000Z", { expiresAt: "2026-11-26T02:00:00.000Z" });
  const revoked = granted(6, "2026-11-25T03:00:00.000Z", {
    expiresAt: "2026-11-26T02:00:00.000Z",
    closedAt: "2026-11-25T03:00:00.000Z",
  });
  await holdGrant(given.table, activated);
  expect(await heldOn("2026-11-24")).toMatchObject([{ grantId, until: "2026-11-25T02:00:00.000Z" }]);
  expect(await heldOn("2026-11-26")).toEqual([]);
  await Promise.all([revoked, extended, activated, extended].map((it) => holdGrant(given.table, it)));
  const end = { grantId, requester: "rita", until: "2026-11-25T03:00:00.000Z", closed: true };
  for (const day of ["2026-11-24", "2026-11-25", "2026-11-26"]) {
    expect(await heldOn(day)).toMatchObject([end]);
  }
});

test("a grant whose revoke fails is held beyond its planned end; one that never became active is not held", async () => {
  const late = granted(9, "2026-11-28T08:00:00.000Z", { expiresAt: "2026-11-25T02:00:00.000Z" });
  await holdGrant(given.table, late);
  expect(await heldOn("2026-11-27")).toMatchObject([{ until: "2026-11-28T08:00:00.000Z", closed: false }]);
  const { activatedAt: _, ...never } = late.grant;
  await holdGrant(given.table, { ...late, grant: { ...never, database: "elsewhere" } });
  expect((await given.items()).filter((it) => `${it.pk}`.startsWith("held#elsewhere"))).toEqual([]);
});
