/** The questions of auditors, on a real table of the emulator's DynamoDB. */
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import { askGrant } from "../../src/audit/ask-grant.ts";
import { askPasswords } from "../../src/audit/ask-passwords.ts";
import { askPerson } from "../../src/audit/ask-person.ts";
import { askSessions } from "../../src/audit/ask-sessions.ts";
import { askWho } from "../../src/audit/ask-who.ts";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { readConfig } from "../../src/config.ts";
import type { Rotation } from "../../src/rotation.ts";
import { recordAuditEvent } from "../../src/store/audit-events.ts";
import { noteSession } from "../../src/store/sessions.ts";
import { keys } from "../../src/store/table.ts";
import { closedGrant, store } from "./closed-grant.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
const day = "2026-11-24";
const at = (time: string) => `${day}T${time}:00.000Z`;
const who = async (from: string, to = from) =>
  (await askWho(given.table, { database: "orders", from, to })).held.map((it) => it.grant.id);

describe("who had access", () => {
  const [morning, long, later] = ["morning00000", "long00000000", "later0000000"];
  beforeAll(async () => {
    await store(given.table, closedGrant(morning, at("10:00"), at("10:30")));
    await store(given.table, closedGrant(long, "2026-11-20T08:00:00.000Z", "2026-11-26T08:00:00.000Z"));
    await store(given.table, closedGrant(later, at("15:00"), at("16:00")));
    await store(
      given.table,
      closedGrant("elsewhere000", at("10:00"), at("10:30"), {
        database: { id: "carts", engine: "mysql", database: "carts" },
      }),
    );
  });

  test("at an instant: whoever had begun and was not over, on this database alone", async () => {
    expect(await who(at("09:59"))).toEqual([long]);
    expect(await who(at("10:00"))).toEqual([long, morning]);
    expect(await who(at("10:30"))).toEqual([long, morning]);
    expect(await who(at("10:31"))).toEqual([long]);
    expect(await who("2026-11-26T08:01:00.000Z")).toEqual([]);
  });

  test("somebody whose end is not proved yet still counts, however long ago it was planned", async () => {
    const {
      end: _,
      closedAt: __,
      receipt: ___,
      ...rest
    } = closedGrant("unproved0000", at("17:00"), at("17:30"));
    const grant = { ...rest, status: "revoke_failed" } as const;
    const Item = { ...keys.grant(grant.id), ...grant, open: "open", dueAt: at("18:00") };
    await given.table.client.send(new PutCommand({ TableName: given.table.name, Item }));
    expect(await who("2026-11-28T12:00:00.000Z")).toEqual(["unproved0000"]);
    expect(await who(at("16:59"))).not.toContain("unproved0000");
    await given.table.client.send(
      new DeleteCommand({ TableName: given.table.name, Key: keys.grant(grant.id) }),
    );
  });

  test("in a period: each grant once, however many days it covers", async () => {
    expect(await who("2026-11-19T00:00:00.000Z", "2026-11-30T00:00:00.000Z")).toEqual([long, morning, later]);
    expect(await who("2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z")).toEqual([long]);
    expect(await who(at("11:00"), at("15:30"))).toEqual([long, later]);
  });

  test("the answer names requester, rule, approval, sessions with address, and the clean receipt", async () => {
    const answer = await askWho(given.table, { database: "orders", from: at("10:15"), to: at("10:15") });
    expect(answer.held[1]).toMatchObject({
      from: at("10:00"),
      until: at("10:30"),
      grant: {
        requester: "rita",
        rule: "read",
        approvals: [{ name: "ada", reason: "go ahead" }],
        receipt: { users: 0, residue: [] },
      },
      sessions: [
        {
          address: "10.0.1.9",
          application: "psql",
          endedBy: "revoke",
          startedAt: at("10:00"),
          endedAt: at("10:30"),
        },
      ],
    });
    expect(answer.unknown.join(" ")).toMatch(/AWS records neither a login by IAM nor the signing of a token/);
    expect(JSON.stringify(answer)).not.toContain("arn:aws:iam");
  });

  test("a revoke before its time is the end", async () => {
    const early = closedGrant("early0000000", at("18:00"), at("20:00"), {
      closedAt: at("18:30"),
      end: { cause: "person", by: "rita", at: at("18:30") },
    });
    await store(given.table, early);
    expect(await who(at("18:29"))).toContain(early.id);
    expect(await who(at("18:31"))).not.toContain(early.id);
  });

  test("pages: everybody once, in order, whatever the caller says is the page", async () => {
    const busy = "2026-10-01";
    const ids = Array.from({ length: 60 }, (_, index) => `page${String(index).padStart(8, "0")}`);
    for (const [index, id] of ids.entries()) {
      const from = `${busy}T10:${String(index).padStart(2, "0")}:00.000Z`;
      await store(given.table, closedGrant(id, from, `${busy}T12:00:00.000Z`));
    }
    const period = { database: "orders", from: `${busy}T00:00:00.000Z`, to: "2026-10-03T00:00:00.000Z" };
    const found: string[] = [];
    const sizes: number[] = [];
    let page: string | undefined;
    do {
      const answer = await askWho(given.table, { ...period, page });
      sizes.push(answer.held.length);
      found.push(...answer.held.map((it) => it.grant.id));
      page = answer.next;
    } while (page !== undefined);
    expect(sizes).toEqual([25, 25, 10]);
    expect(found).toEqual(ids);
    for (const nonsense of [
      "",
      "/",
      "x",
      "2026-10-01",
      "2026-10-01/~",
      "9999-99-99/x",
      `${busy}/${"x".repeat(290)}`,
    ]) {
      expect((await askWho(given.table, { ...period, page: nonsense })).held.length).toBeLessThanOrEqual(25);
    }
  });
});

describe("sessions", () => {
  test("those that touch the period, with their grant; refusals push none out", async () => {
    const grant = await store(
      given.table,
      closedGrant("sessions0000", "2026-09-01T10:00:00.000Z", "2026-09-01T11:00:00.000Z"),
    );
    const { username } = grant;
    const refused = { kind: "refused", username, code: "28P01", address: "6.6.6.6" } as const;
    await Promise.all(
      Array.from({ length: 450 }, (_, index) =>
        noteSession(given.table, grant.id, `r${index}`, {
          ...refused,
          at: "2026-09-01T09:00:00.000Z",
          connection: `6.6.6.6(${index})[1]`,
        }),
      ),
    );
    const ask = (from: string, to: string) =>
      askSessions(given.table, {
        database: "orders",
        from: `2026-09-01T${from}:00.000Z`,
        to: `2026-09-01T${to}:00.000Z`,
      });
    const answer = await ask("10:30", "10:40");
    expect(answer.sessions).toMatchObject([
      { grantId: grant.id, requester: "rita", username, address: "10.0.1.9", endedBy: "revoke" },
    ]);
    expect(answer.unknown).toContainEqual(expect.stringMatching(/has more/));
    expect((await ask("11:01", "11:40")).sessions).toEqual([]);
  });
});

describe("a person", () => {
  const arn = "arn:aws:iam::000000000000:user/mallory";
  const event = (id: string, time: string, more: Partial<AuditEvent>): AuditEvent => ({
    id,
    at: at(time),
    origin: "cloudtrail",
    name: "PutUserPolicy",
    actor: { name: "eve", id: "AIDAEVE" },
    facts: { policy: "mine", userAgent: "aws-cli" },
    ...more,
  });

  test("what somebody did and what was done to them, each once, refused attempts as such", async () => {
    await recordAuditEvent(
      given.table,
      event("p1", "09:00", {
        actor: { name: "mallory", id: "AIDAMALLORY", arn },
        subject: arn,
        address: "10.9.9.9",
      }),
    );
    await recordAuditEvent(
      given.table,
      event("p2", "09:05", { subject: arn, attempt: { code: "AccessDenied" } }),
    );
    await recordAuditEvent(given.table, event("p3", "09:06", {}));
    const period = { person: "mallory", from: "2026-11-20T00:00:00.000Z", to: "2026-11-25T00:00:00.000Z" };
    const answer = await askPerson(given.table, { ...period, keys: ["AIDAMALLORY", arn] });
    expect(answer.moments.map((it) => it.sentence)).toEqual([
      `mallory: PutUserPolicy; on ${arn}, policy mine, from 10.9.9.9`,
      `eve: PutUserPolicy was refused (AccessDenied); on ${arn}, policy mine`,
    ]);
  });

  test("pages hold every event once", async () => {
    const keys = ["AIDABUSY"];
    const ids = Array.from({ length: 230 }, (_, index) => `busy${String(index).padStart(4, "0")}`);
    await Promise.all(
      ids.map((id, index) =>
        recordAuditEvent(
          given.table,
          event(id, `12:${String(index % 7).padStart(2, "0")}`, {
            actor: { name: "b", id: "AIDABUSY" },
            facts: { n: id },
          }),
        ),
      ),
    );
    const period = { person: "b", from: "2026-11-01T00:00:00.000Z", to: "2026-11-30T00:00:00.000Z", keys };
    const found: string[] = [];
    let page: string | undefined;
    let pages = 0;
    do {
      const answer = await askPerson(given.table, { ...period, page });
      found.push(...answer.moments.map((it) => it.sentence));
      page = answer.next;
      pages += 1;
    } while (page !== undefined);
    expect(found.length).toBe(230);
    expect(new Set(found).size).toBe(230);
    expect(pages).toBeLessThanOrEqual(6);
  });
});

test("passwords: how old, when rotated, and who read them, by ARN or by name", async () => {
  const secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:orders/app-AbCdEf";
  const config = readConfig(
    `
roles: { reader: [{ schemas: [public], privileges: [select] }] }
databases:
  orders: { engine: postgres, instance: orders, database: orders, roles: [reader], adminSecret: "arn:aws:secretsmanager:eu-west-1:000000000000:secret:admin-AbCdEf" }
rules: [{ id: read, who: ["*"], databases: [orders], roles: [reader] }]
`,
    "audit.yaml",
  );
  const rotation = {
    id: "orders-app",
    database: { id: "orders" },
    user: "orders_app",
    secret,
    schedule: "rate(30 days)",
    status: "succeeded",
    configuredAt: "2026-01-01T00:00:00.000Z",
    succeededAt: at("03:00"),
  } as unknown as Rotation;
  const read = (id: string, time: string, more: Partial<AuditEvent> = {}) =>
    recordAuditEvent(given.table, {
      id,
      at: at(time),
      origin: "cloudtrail",
      name: "GetSecretValue",
      actor: { name: "shop", arn: "arn:aws:sts::000000000000:assumed-role/shop/i-1" },
      secret,
      facts: {},
      ...more,
    });
  await read("g1", "04:00");
  await read("g2", "05:00", { secret: "orders/app" });
  await read("g3", "06:00", { actor: { name: "eve" } });
  await read("g4", "07:00", { actor: { name: "mallory" }, attempt: { code: "AccessDenied" } });
  const schedule = async () => ({ isOn: true, changedAt: "2026-02-02T00:00:00.000Z" });
  const answer = await askPasswords(
    given.table,
    { config, rotations: [rotation], schedule },
    { from: at("00:00"), to: at("23:00") },
  );
  expect(answer.passwords).toMatchObject([
    {
      id: "orders-app",
      user: "orders_app",
      since: at("03:00"),
      overdue: false,
      readers: [
        { reader: "eve", count: 1 },
        { reader: "arn:aws:sts::000000000000:assumed-role/shop/i-1", count: 2, lastAt: at("05:00") },
      ],
    },
    { id: "admin of orders", since: "2026-02-02T00:00:00.000Z", readers: [] },
  ]);
});

test("a grant that nobody knows anything of is told as that", async () => {
  const grant = closedGrant("unknown00000", at("10:00"), at("10:30"));
  expect(await askGrant(given.table, grant, undefined)).toMatchObject({ moments: [], sessions: [] });
});
