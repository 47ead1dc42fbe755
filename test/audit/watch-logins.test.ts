/** Comparing on a real table, with the emulator's CloudWatch and RDS: what dies, runs twice, moves or is shared. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateDBInstanceReadReplicaCommand, RDSClient } from "@aws-sdk/client-rds";
import { beforeAll, expect, test } from "vitest";
import { registerInstance } from "../../local-stack/register-instance.ts";
import type { LoginSituation } from "../../src/audit/counted-logins.ts";
import type { Config } from "../../src/config.ts";
import type { Stock } from "../../src/stock.ts";
import { findDatabase } from "../../src/store/databases.ts";
import { watchLogins } from "../../src/workflow/watch-logins.ts";
import { closedGrant, store } from "./closed-grant.ts";
import { GivenTable } from "./given-table.ts";

const given = new GivenTable();
/** Yesterday: CloudWatch takes data of the last two weeks. */
const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const on = (time: string) => new Date(`${day}T${time}:00.000Z`);

const stock = (...byIam: Stock["users"][number]["reason"][]): Stock => ({
  at: on("00:00").toISOString(),
  since: on("00:00").toISOString(),
  more: 0,
  users: byIam.map((reason, index) => ({
    username: `user${index}`,
    reason,
    byIam: true,
    powers: [],
    sessions: 0,
    addresses: 0,
    firstSeenAt: on("00:00").toISOString(),
  })),
});

/** Database and only member of this name. */
function situation(database: string, more: Partial<LoginSituation> = {}): LoginSituation {
  const config = {
    databases: { [database]: { engine: "postgres", instance: database, database: "x", adminUser: "a" } },
  };
  return {
    config: config as unknown as Config,
    database,
    members: [{ id: database, host: "h", port: 1, resourceId: "db-A", iamEnabled: true }],
    moved: undefined,
    stock: stock("admin"),
    functions: [`${database}-admin`],
    ...more,
  };
}

function parts(time: string) {
  return {
    table: given.table,
    rds: new RDSClient(given.root),
    cloudwatch: new CloudWatchClient(given.root),
    clock: () => on(time),
  };
}

const look = (time: string, seen: LoginSituation) => watchLogins(parts(time), seen);
const watch = async (database: string) => (await findDatabase(given.table, database)).logins;

async function count(metric: "logins" | "calls", of: string, ...times: string[]): Promise<void> {
  const [Namespace, MetricName, Name] =
    metric === "logins"
      ? ["AWS/RDS", "IamDbAuthConnectionSuccess", "DBInstanceIdentifier"]
      : ["AWS/Lambda", "Invocations", "FunctionName"];
  const MetricData = times.map((time) => ({
    MetricName,
    Timestamp: on(time),
    Value: 1,
    Dimensions: [{ Name, Value: of }],
  }));
  await new CloudWatchClient(given.root).send(new PutMetricDataCommand({ Namespace, MetricData }));
}

function register(id: string): Promise<void> {
  const server = { engine: "postgres", version: "18.4", database: "x", port: 5432, adminUsername: "master" };
  return registerInstance(given.root, { ...server, id, iam: true });
}

beforeAll(() => register("orders"));

test("each look goes on where the last one stopped, and what is found stays for a week", async () => {
  const seen = situation("orders");
  await count("logins", "orders", "01:10", "03:50", "04:30", "06:00");
  await count("calls", "orders-admin", "04:40", "05:59");
  expect(await look("02:00", seen)).toEqual([]);
  expect(await watch("orders")).toMatchObject({ from: on("02:30").toISOString(), strange: [] });
  // 04:30 is near a call of ours.
  expect(await look("05:00", seen)).toMatchObject([
    { evidence: [expect.stringMatching("^1 login by IAM to orders .* between 03:00 and 04:00 UTC")] },
  ]);
  // 09:45 is not settled at 10:00.
  await count("logins", "orders", "09:00", "09:45");
  const [found] = await look("10:00", seen);
  expect(found?.sentence).toMatch(/^2 logins/);
  expect(await look("10:01", seen)).toEqual([found]);
});

test("of several looks at once one counts, and one that died before it wrote is made up for", async () => {
  const seen = situation("orders");
  await count("logins", "orders", "12:00");
  const before = await watch("orders");
  const dies = { ...parts("13:00"), table: { ...given.table, name: "none" } };
  await expect(watchLogins(dies, seen)).rejects.toThrow();
  expect(await watch("orders")).toEqual(before);
  const all = await Promise.all(Array.from({ length: 4 }, () => look("13:00", seen)));
  for (const it of all) expect(it).toEqual(all[0]);
  expect((await watch("orders"))?.strange.reduce((sum, it) => sum + it.logins, 0)).toBe(4);
});

test("grants by IAM explain, of all databases that are on the server", async () => {
  await register("shared");
  const databases = {
    first: { engine: "postgres", instance: "shared", database: "a", adminUser: "a" },
    second: { engine: "postgres", instance: "shared", database: "b", adminUser: "a" },
  };
  const config = { databases } as unknown as Config;
  const members = [{ id: "shared", host: "h", port: 1, resourceId: "db-S", iamEnabled: true }];
  const seen = situation("first", { config, members });
  await look("00:00", seen);
  const grant = (
    id: string,
    database: string,
    from: string,
    until: string,
    model: "iam" | "native" = "iam",
  ) =>
    store(
      given.table,
      closedGrant(id, on(from).toISOString(), on(until).toISOString(), {
        model,
        database: { id: database, engine: "postgres", database: "x" },
      }),
    );
  await grant("000000000001", "first", "02:00", "02:20");
  await grant("000000000002", "second", "04:00", "06:00");
  await grant("000000000003", "second", "08:00", "09:00", "native");
  await grant("000000000004", "elsewhere", "10:00", "11:00");
  await count("logins", "shared", "02:10", "05:00", "08:30", "10:30");
  const [found] = await look("12:00", seen);
  expect(found?.evidence).toMatchObject(
    [/between 08:00/, /between 10:00/].map((it) => expect.stringMatching(it)),
  );
  expect(await look("12:00", { ...seen, database: "second" })).toEqual([]);
});

test("what lies between two looks of which one saw somebody explained is not judged, nor what was another server's", async () => {
  await register("changing");
  const seen = situation("changing");
  await count("logins", "changing", "01:00", "03:00", "05:00", "07:00");
  await look("00:00", seen);
  // An application by IAM was there when the second look came, and gone at the third.
  await look("02:00", situation("changing", { stock: stock("admin", "explained") }));
  expect(await watch("changing")).toEqual({ version: 2, strange: [] });
  expect(await look("04:00", seen)).toEqual([]);
  const [member] = seen.members;
  const moved = situation("changing", {
    members: [{ ...member, resourceId: "db-B" } as typeof member & object],
  });
  expect(await look("06:00", moved)).toEqual([]);
  expect((await look("08:00", moved))[0]?.evidence).toMatchObject([expect.stringMatching(/between 07:00/)]);
});

test("an instance of a cluster or behind another server is not judged alone", async () => {
  const rds = new RDSClient(given.root);
  await register("source");
  await rds.send(
    new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: "replica",
      SourceDBInstanceIdentifier: "source",
    }),
  );
  await count("logins", "replica", "03:00");
  await look("00:00", situation("replica"));
  expect(await look("06:00", situation("replica"))).toEqual([]);
  expect((await watch("replica"))?.from).toBe(on("05:30").toISOString());
});

test("a server on which nobody can say anything leaves no trace", async () => {
  expect(await look("06:00", situation("quiet", { stock: undefined }))).toEqual([]);
  expect(await watch("quiet")).toBeUndefined();
});

test("a CloudWatch that does not answer is told, and what was not read stays to be read", async () => {
  await register("silent");
  const seen = situation("silent");
  await look("00:00", seen);
  const cloudwatch = new CloudWatchClient({ ...given.root, endpoint: "http://127.0.0.1:9", maxAttempts: 1 });
  expect(await watchLogins({ ...parts("04:00"), cloudwatch }, seen)).toMatchObject([
    { kind: "unreachable", what: "count of logins", severity: "low" },
  ]);
  expect((await watch("silent"))?.from).toBe(on("00:30").toISOString());
});
