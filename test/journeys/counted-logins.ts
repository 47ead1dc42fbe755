/** Logins by IAM as RDS counts them, put into CloudWatch by hand: no server here counts any. */
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoredConfig } from "../../src/config.ts";
import { readConfigItem } from "../../src/store/configs.ts";
import { findDatabase } from "../../src/store/databases.ts";
import { keys } from "../../src/store/table.ts";
import type { FindingView } from "../../src/views.ts";
import type { GivenStack } from "./given-stack.ts";

const hourMs = 3_600_000;

/** Kept: no test minds an hour that ends while it runs. */
const thisHour = Math.floor(Date.now() / hourMs);

/** Begin of the hour so many before this one, and minutes into it. */
function ago(hours: number, minutes = 0): Date {
  return new Date((thisHour - hours) * hourMs + minutes * 60_000);
}

/** Tests on the database `orders` of a stack, whose server takes tokens. */
export function countedLogins(given: GivenStack): void {
  test("nothing is said of a server that people also reach through a proxy", async () => {
    await given.dblease("admin", "reconcile", "--database", "orders", "--timeout", "60s");
    expect((await findDatabase(given.table, "orders")).logins).toBeUndefined();
  });

  describe("without a proxy", () => withoutProxy(given));
}

function withoutProxy(given: GivenStack): void {
  let whole: StoredConfig;
  const write = (stored: StoredConfig) =>
    given.table.client.send(
      new PutCommand({ TableName: given.table.name, Item: { ...keys.config("current"), ...stored } }),
    );
  beforeAll(async () => {
    whole = await readConfigItem(given.table);
    const direct = Object.entries(whole.config.databases).filter(([, it]) => it.proxy === undefined);
    await write({ ...whole, config: { ...whole.config, databases: Object.fromEntries(direct) } });
  });
  afterAll(() => write(whole));

  const count =
    (Namespace: string, MetricName: string, Name: string, Value: string) => (at: Date, n: number) =>
      new CloudWatchClient(given.root).send(
        new PutMetricDataCommand({
          Namespace,
          MetricData: [{ MetricName, Timestamp: at, Value: n, Dimensions: [{ Name, Value }] }],
        }),
      );
  const login = count("AWS/RDS", "IamDbAuthConnectionSuccess", "DBInstanceIdentifier", "orders");

  /** What a reconciliation says of logins. */
  async function said(): Promise<Partial<FindingView>[]> {
    const words = ["reconcile", "--database", "orders", "--timeout", "60s"];
    const found: FindingView[] = (await given.dblease("admin", ...words)).data;
    return found.filter((it) => it.kind === "iam_login" || it.what === "count of logins");
  }

  const watch = async () => (await findDatabase(given.table, "orders")).logins;

  /** As if the last look had been long ago. */
  async function readFrom(at: Date): Promise<void> {
    await given.table.client.send(
      new UpdateCommand({
        TableName: given.table.name,
        Key: keys.database("orders"),
        UpdateExpression: "SET logins.#from = :from",
        ExpressionAttributeNames: { "#from": "from" },
        ExpressionAttributeValues: { ":from": at.toISOString() },
      }),
    );
  }

  test("logins that RDS counted while no grant was open are one finding, with their hour", async () => {
    const admin = given.resource("PostgresAdmin");
    const call = count("AWS/Lambda", "Invocations", "FunctionName", admin);
    await login(ago(9, 10), 3);
    await login(ago(9, 55), 1);
    await login(ago(7, 30), 2);
    await call(ago(7, 20), 1);
    await login(ago(3, 30), 5);
    // What was before the first look is not known, so nobody is accused of it.
    expect(await said()).toEqual([]);
    expect(Date.parse(`${(await watch())?.from}`)).toBeGreaterThan(Date.now());

    const rita = await given.user("requester");
    const grant = await given.active(rita);
    await given.set(grant.id, { activatedAt: ago(4).toISOString() });
    await readFrom(ago(12));
    const hour = ago(9).toISOString();
    const found = [
      {
        id: "orders/iam_login/beyond grants",
        severity: "high",
        sentence: "4 logins by IAM within a week while no grant by IAM was open, and dblease did not log in",
        evidence: [
          `4 logins by IAM to orders on ${hour.slice(0, 10)} between ${hour.slice(11, 16)} and ${ago(8).toISOString().slice(11, 16)} UTC, while no grant by IAM was open`,
        ],
        repair: "dblease audit scan",
      },
    ];
    expect(await said()).toMatchObject(found);
    // Read once, told as long as the week lasts.
    expect(await said()).toMatchObject(found);
    expect((await watch())?.strange).toEqual([{ at: hour, logins: 4, members: ["orders"] }]);
    await rita.call("POST", `/grants/${grant.id}/revoke`);
    await given.until(grant.id, "revoked");
  });

  test("a CloudWatch that does not answer is told, keeps nobody from the rest, and what was not read is read later", async () => {
    await readFrom(ago(3));
    const before = await watch();
    await given.without("Reconcile", "cloudwatch:GetMetricData", async () => {
      expect((await said()).map((it) => `${it.severity} ${it.kind} ${it.what}`).sort()).toEqual([
        "high iam_login beyond grants",
        "low unreachable count of logins",
      ]);
    });
    expect(await watch()).toEqual(before);
    expect((await said()).map((it) => it.what)).toEqual(["beyond grants"]);
  });
}
