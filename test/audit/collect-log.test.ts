/** What a subscription of CloudWatch Logs delivers, on a real table of the emulator's DynamoDB. */
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { readLogBatch } from "../../src/audit/log-batch.ts";
import { sessionsOfGrant } from "../../src/audit/sessions-of-grant.ts";
import { readConfig } from "../../src/config.ts";
import { auditPage } from "../../src/store/audit-events.ts";
import { writeConfig } from "../../src/store/configs.ts";
import { findFindings } from "../../src/store/findings.ts";
import { collectLog } from "../../src/workflow/collect-log.ts";
import { closedGrant, store } from "./closed-grant.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
const day = "2026-11-24";
const ours = closedGrant("7k2m9q4x1c0z", `${day}T10:00:00.000Z`, `${day}T11:00:00.000Z`);
const address = "10.0.1.9";

/** A line of PostgreSQL's log about a session of a user. */
function line(username: string, message: string, pid = 5, time = "10:20:00"): string {
  return `${day} ${time} UTC:${address}(4711):${username}@orders:[${pid}]:${message}`;
}

const opened = (username: string, pid?: number) =>
  line(
    username,
    `LOG:  connection authorized: user=${username} database=orders application_name=dbeaver`,
    pid,
  );
const ended = (username: string, pid?: number) =>
  line(
    username,
    `LOG:  disconnection: session time: 0:00:05.000 user=${username} database=orders`,
    pid,
    "10:20:05",
  );

function batch(logGroup: string, ...messages: string[]) {
  const logEvents = messages.map((message, index) => ({
    id: `${logGroup}-${message.length}-${index}`,
    message,
  }));
  return { messageType: "DATA_MESSAGE", logGroup, logStream: "orders", logEvents };
}

const parts = () => ({ table: given.table, clock: () => new Date(`${day}T10:30:00.000Z`) });

const postgresLog = "/aws/rds/instance/orders-1/postgresql";

async function eventsOf(database: string): Promise<AuditEvent[]> {
  const line = { kind: "database", key: database } as const;
  const period = [`${day}T00:00:00.000Z`, `${day}T23:59:59.999Z`] as const;
  return (await auditPage(given.table, [line], period, { limit: 100 })).events;
}

beforeAll(async () => {
  const config = readConfig(
    `
roles: { reader: [{ schemas: [public], privileges: [select] }] }
databases:
  orders: { engine: postgres, instance: orders-1, database: orders, roles: [reader], adminSecret: env:A, logs: [postgresql] }
rules: [{ id: read, who: ["*"], databases: [orders], roles: [reader] }]
`,
    "audit.yaml",
  );
  await writeConfig(given.table, config, 0);
  await store(given.table, ours);
});

test("delivered in disorder, twice, by two at once: one session", async () => {
  const first = batch(postgresLog, ended(ours.username), "a line of a statement", opened(ours.username));
  await Promise.all([1, 2, 3].map(() => collectLog(parts(), first)));
  const { sessions } = await sessionsOfGrant(given.table, ours);
  expect(sessions.filter((it) => it.application === "dbeaver")).toEqual([
    {
      connection: `${address}(4711)[5]`,
      startedAt: `${day}T10:20:00.000Z`,
      endedAt: `${day}T10:20:05.000Z`,
      endedBy: "client",
      address,
      application: "dbeaver",
      tls: false,
    },
  ]);
});

test("a session of a user of our kind of name that no grant has is an event; a refused one is nothing", async () => {
  const strange = "jit_000000000000";
  const refused = line(strange, `FATAL:  password authentication failed for user "${strange}"`, 9);
  const told = await collectLog(parts(), batch(postgresLog, opened(strange, 8), refused));
  expect(told).toEqual({ noted: 1, strange: 1 });
  expect((await eventsOf("orders")).map(({ name, actor, address }) => [name, actor.name, address])).toEqual([
    ["SessionWithoutGrant", strange, address],
  ]);
  await Promise.all([1, 2].map(() => collectLog(parts(), batch(postgresLog, opened(strange, 8)))));
  expect(await findFindings(given.table)).toMatchObject([
    { id: `orders/session_without_grant/${strange}`, version: 1, seenAt: `${day}T10:30:00.000Z` },
  ]);
});

test("RDS's refusal of a token names who tried, on a server that no database is on, too", async () => {
  const arn = "arn:aws:sts::123456789012:assumed-role/dev/eve";
  const message =
    `${day}T12:02:51,954 [ERROR] Failed to authenticate the connection request for user 'app' because the user ${arn}` +
    " is not authorized to perform `rds-db:connect` on the DB instance. (Status Code: 403, Error Code: NotAuthorized)";
  await collectLog(parts(), batch("/aws/rds/cluster/other/iam-db-auth-error", message));
  expect(await eventsOf("other")).toMatchObject([
    {
      name: "IamLoginRefused",
      actor: { arn },
      attempt: { code: "NotAuthorized" },
      facts: { username: "app" },
    },
  ]);
  expect(await findFindings(given.table, "other")).toMatchObject([{ what: "role/dev as app" }]);
});

test("no word of a statement, a password or a verifier is kept", async () => {
  const secret = "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy";
  const statement = line(ours.username, `LOG:  statement: ALTER USER ${ours.username} PASSWORD '${secret}'`);
  expect(await collectLog(parts(), batch(postgresLog, statement))).toEqual({ noted: 0, strange: 0 });
  expect(JSON.stringify(await given.items())).not.toContain("SCRAM-SHA-256");
});

test("a log of something else is refused, so that it waits with the dead letters", async () => {
  for (const name of ["/aws/lambda/x", "/aws/rds/instance/orders/error", "/aws/rds/instance//postgresql"]) {
    await expect(collectLog(parts(), batch(name, opened(ours.username)))).rejects.toThrow(
      "is none of a database",
    );
  }
});

test("what is no batch is refused; a control message is nothing", () => {
  const event = (value: unknown) => ({
    awslogs: { data: gzipSync(JSON.stringify(value)).toString("base64") },
  });
  const good = {
    ...batch(postgresLog, "x"),
    owner: "123456789012",
    subscriptionFilters: ["x"],
    later: "field",
  };
  expect(readLogBatch(event(good))?.logEvents).toHaveLength(1);
  expect(readLogBatch(event({ ...good, messageType: "CONTROL_MESSAGE" }))).toBeUndefined();
  for (const bad of [{}, [], null, { ...good, logEvents: "x" }, { ...good, logEvents: [{ id: 1 }] }]) {
    expect(() => readLogBatch(event(bad))).toThrow();
  }
  expect(() => readLogBatch({ awslogs: { data: "no gzip" } })).toThrow();
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024)).toString("base64");
  expect(() => readLogBatch({ awslogs: { data: bomb } })).toThrow();
});
