import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Desk, openDesk } from "./cli-desk.ts";
import { grantView, id } from "./grant-view.ts";
import { caller, playApi } from "./played-api.ts";

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
  desk.api.answer("GET /grants", { body: { grants: [] } });
});
afterEach(() => desk.close());

const unsigned = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

test("a signature holds for every shape of request: query, body, path prefix, escaped names", async () => {
  desk.api.answer("GET /stage/grants?toApprove=true", { body: { grants: [] } });
  desk.api.answer(`POST /stage/grants/${id}/approve`, { body: grantView() });
  desk.api.answer("GET /stage/databases/or%20ders/plan?role=a%2Fb", {
    body: { database: "", role: "", grant: [], revoke: [] },
  });
  const staged = { DBLEASE_API: `${desk.api.url}/stage/` };
  expect((await desk.dblease(["grants", "--to-approve"], staged)).code).toBe(0);
  expect((await desk.dblease(["approve", id, "--reason", "grün"], staged)).code).toBe(0);
  expect((await desk.dblease(["plan", "or ders", "--role", "a/b"], staged)).code).toBe(0);
});

test("a name under .localhost is this machine and is signed as it stands", async () => {
  const host = `abc123.execute-api.localhost:${desk.api.port}`;
  const { code, stderr } = await desk.dblease(["grants"], { DBLEASE_API: `http://${host}` });
  expect(code, stderr).toBe(0);
  expect(desk.api.received[0]?.headers.host).toBe(host);
});

test("a session token is sent and signed", async () => {
  await desk.dblease(["grants"], { AWS_SESSION_TOKEN: "token-of-the-session" });
  const [got] = desk.api.received;
  expect(got?.headers["x-amz-security-token"]).toBe("token-of-the-session");
  expect(got?.headers.authorization).toContain("x-amz-security-token");
});

test("a profile of the shared files signs as that person, region included", async () => {
  mkdirSync(join(desk.home, "aws"));
  const [config, credentials] = [join(desk.home, "aws/config"), join(desk.home, "aws/credentials")];
  writeFileSync(config, `[profile requester]\nregion = ${caller.region}\n`);
  writeFileSync(
    credentials,
    `[requester]\naws_access_key_id = ${caller.accessKeyId}\naws_secret_access_key = ${caller.secretAccessKey}\n`,
  );
  const profile = {
    AWS_PROFILE: "requester",
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
  };
  expect((await desk.dblease(["grants"], { ...unsigned, AWS_REGION: undefined, ...profile })).code).toBe(0);
});

test("without credentials: exit code 4, the next step, and nothing is sent", async () => {
  const { code, stdout } = await desk.dblease(["grants", "--json"], unsigned);
  expect(code).toBe(4);
  const { error } = JSON.parse(stdout);
  expect(error.code).toBe("NOT_SIGNED_IN");
  expect(error.next).toContain("AWS_PROFILE");
  expect(desk.api.received).toEqual([]);
});

test("a caller that API Gateway does not let through: exit code 3, and never its secret key on the screen", async () => {
  const { code, stdout, stderr } = await desk.dblease(["grants"], {
    AWS_SECRET_ACCESS_KEY: "a-wrong-secret",
  });
  expect([code, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("execute-api:Invoke");
  expect(stderr).not.toContain("a-wrong-secret");
});

test("credentials that AWS calls expired: exit code 4", async () => {
  desk.api.answer("GET /grants", {
    status: 403,
    body: { message: "The security token included in the request is expired" },
  });
  const { code, stderr } = await desk.dblease(["grants"]);
  expect(code).toBe(4);
  expect(stderr).toContain("aws sso login");
});

test("without DBLEASE_API the address comes from the SSM parameter /dblease/api", async () => {
  const ssm = await playApi("ssm");
  try {
    ssm.answer("POST /", { body: { Parameter: { Name: "/dblease/api", Value: desk.api.url } } });
    const found = await desk.dblease(["grants"], { DBLEASE_API: undefined, AWS_ENDPOINT_URL: ssm.url });
    expect(found.code, found.stderr).toBe(0);
    expect(JSON.parse(ssm.received[0]?.body ?? "")).toEqual({ Name: "/dblease/api" });
    expect(desk.api.received).toHaveLength(1);

    ssm.answer("POST /", { status: 400, body: { __type: "ParameterNotFound" } });
    const missing = await desk.dblease(["grants"], { DBLEASE_API: undefined, AWS_ENDPOINT_URL: ssm.url });
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("does not seem to be deployed here");
    const blank = await desk.dblease(["grants"], {
      ...unsigned,
      DBLEASE_API: undefined,
      AWS_ENDPOINT_URL: ssm.url,
    });
    expect(blank.code).toBe(4);
  } finally {
    await ssm.close();
  }
});

test("no region and a wrong address are wrong usage; nobody at the address is a failure with the next step", async () => {
  expect((await desk.dblease(["grants"], { AWS_REGION: undefined })).stderr).toContain("AWS_REGION");
  expect((await desk.dblease(["grants"], { DBLEASE_API: "orders" })).code).toBe(2);
  await desk.api.close();
  const { code, stderr } = await desk.dblease(["approve", id]);
  expect(code).toBe(1);
  expect(stderr).toContain("did not answer");
  expect(stderr).toContain("next:");
});
