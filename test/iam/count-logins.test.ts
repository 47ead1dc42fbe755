/** Counts of CloudWatch in pages and in parts: a part is none. Played: no CloudWatch here answers in parts. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { expect, test } from "vitest";
import { countLogins } from "../../src/iam/count-logins.ts";

const at = "2026-11-24T10:00:00.000Z";
const seconds = Date.parse(at) / 1000;

function result(Id: string, value: number, StatusCode = "Complete") {
  return { Id, StatusCode, Timestamps: [seconds, seconds + 300], Values: [value, 0] };
}

/** What is counted where CloudWatch answers this, page by page. */
async function counted(...pages: object[]) {
  const asked: { NextToken?: string; MetricDataQueries: object[] }[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    asked.push(JSON.parse(body));
    const page = pages[asked.length - 1];
    const more = asked.length < pages.length ? { NextToken: `${asked.length}` } : {};
    response.setHeader("content-type", "application/x-amz-json-1.0");
    response.end(JSON.stringify({ MetricDataResults: page, ...more }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  });
  const day = [new Date("2026-11-24"), new Date("2026-11-25")] as const;
  try {
    return { ...(await countLogins(client, { members: ["a", "b"], functions: ["f"] }, day)), asked };
  } finally {
    client.destroy();
    server.close();
  }
}

test("one call asks for all members and functions; pages add up, and what was not there is not counted", async () => {
  const { logins, calls, asked } = await counted(
    [result("logins0", 2, "PartialData"), result("calls0", 7)],
    [result("logins1", 3)],
  );
  expect(logins).toEqual([
    { at, member: "a", logins: 2 },
    { at, member: "b", logins: 3 },
  ]);
  expect(calls).toEqual([at]);
  expect(asked.map((it) => it.NextToken)).toEqual([undefined, "1"]);
  expect(asked[0]?.MetricDataQueries).toHaveLength(3);
  expect(asked[0]?.MetricDataQueries[1]).toEqual({
    Id: "logins1",
    MetricStat: {
      Metric: {
        Namespace: "AWS/RDS",
        MetricName: "IamDbAuthConnectionSuccess",
        Dimensions: [{ Name: "DBInstanceIdentifier", Value: "b" }],
      },
      Period: 300,
      Stat: "Sum",
    },
  });
});

test("an answer in parts without the rest is none", async () => {
  await expect(counted([result("logins0", 2, "PartialData")])).rejects.toThrow("PartialData");
  await expect(counted([result("calls0", 0, "InternalError")])).rejects.toThrow("InternalError");
});
