/** The broker against an STS that is played: an outage and throttling cannot be had of a real one, nor of the emulator. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, expect, test } from "vitest";
import type { Grant } from "../../src/grant.ts";
import { signForGrant } from "../../src/iam/broker.ts";

const grant = {
  id: "0123456789ab",
  username: "jit_0123456789ab",
  requester: { id: "person/rita", name: "rita" },
  expiresAt: "2026-11-24T09:00:00.000Z",
} as Grant;
const member = { id: "orders", host: "orders.example", port: 5432, resourceId: "db-A" };

const yes = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
  <SessionToken>t</SessionToken><Expiration>2026-11-24T09:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const no = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`;

let server: Server;
afterEach(() => void server.close());

/** Answers in this order, the last one for ever. @returns a broker that asks it, and what it was asked. */
async function played(...answers: [status: number, body: string][]) {
  const asked: URLSearchParams[] = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    asked.push(new URLSearchParams(Buffer.concat(parts).toString("utf8")));
    const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, ""];
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const sts = new STSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
  const connectRole = "arn:aws:iam::123456789012:role/connect";
  return { asked, broker: { sts, connectRole, region: "eu-west-1" } };
}

test("a throttled STS and one that is out are asked again; the session is for one user of one server", async () => {
  const { asked, broker } = await played(
    [400, no("Throttling")],
    [503, no("ServiceUnavailable")],
    [200, yes],
  );
  const token = await signForGrant(broker, grant, member);
  expect(token).toMatch(/^orders\.example:5432\/\?Action=connect&DBUser=jit_0123456789ab&/);
  expect(asked).toHaveLength(3);
  const [{ Resource, Condition }] = JSON.parse(`${asked[2]?.get("Policy")}`).Statement;
  expect(Resource).toEqual(["arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-A/jit_0123456789ab"]);
  expect(Condition).toEqual({ DateLessThan: { "aws:CurrentTime": grant.expiresAt } });
  expect(asked[2]?.get("SourceIdentity")).toBe("rita");
});

test("one that stays out says so, and that is no refusal", async () => {
  const { broker } = await played([503, no("ServiceUnavailable")]);
  await expect(signForGrant(broker, grant, member)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    next: "run the same command again",
  });
});

test("a role that is closed is not asked again, and is no outage", async () => {
  const { asked, broker } = await played([403, no("AccessDenied")]);
  await expect(signForGrant(broker, grant, member)).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
  expect(asked).toHaveLength(1);
});
