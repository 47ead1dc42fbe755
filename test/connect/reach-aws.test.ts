import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { awsServices, unreachedAws } from "../../src/connect/reach-aws.ts";

async function listen() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { endpoint: new URL(`http://127.0.0.1:${port}`), close: () => server.close() };
}

test("a service that answers is no finding, one that does not is named with what mends it", async () => {
  const open = await listen();
  const closed = await listen();
  closed.close();
  const services = [
    { name: "DynamoDB", endpoint: closed.endpoint, repair: "a gateway endpoint" },
    { name: "Secrets Manager", endpoint: open.endpoint, repair: "an interface endpoint" },
  ];
  expect(await unreachedAws(services)).toEqual([
    {
      id: "aws_unreachable",
      ok: false,
      sentence: "the functions do not reach DynamoDB at 127.0.0.1",
      repair: "a gateway endpoint",
    },
  ]);
  open.close();
});

test("a route that leads nowhere is given up on", async () => {
  // TEST-NET-1 (RFC 5737): nobody answers there, and nobody refuses.
  const nowhere = { name: "DynamoDB", endpoint: new URL("https://192.0.2.1"), repair: "" };
  expect(await unreachedAws([nowhere], 50)).toHaveLength(1);
});

test.each([
  ["eu-central-1", ["dynamodb.eu-central-1.amazonaws.com", "secretsmanager.eu-central-1.amazonaws.com"]],
  ["cn-north-1", ["dynamodb.cn-north-1.amazonaws.com.cn", "secretsmanager.cn-north-1.amazonaws.com.cn"]],
])("the endpoints of %s", (AWS_REGION, hosts) => {
  expect(awsServices(true, { AWS_REGION }).map((it) => it.endpoint.hostname)).toEqual(hosts);
  expect(awsServices(false, { AWS_REGION }).map((it) => it.name)).toEqual(["DynamoDB"]);
});
