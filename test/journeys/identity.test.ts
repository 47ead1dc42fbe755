/** Who is who, tried with real principals of the emulated account and its IAM enforced. */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateRoleCommand,
  IAMClient,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack();

function policyArn(caller: string): string {
  return given.resource(`Endpoint${caller}Policy`);
}

/** A role with a free session name that may call everything, and a session of it under this name. */
async function sessionOf(roleName: string, sessionName: string) {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
  };
  const iam = new IAMClient(given.root);
  const role = { RoleName: roleName, AssumeRolePolicyDocument: JSON.stringify(trust) };
  await iam.send(new CreateRoleCommand(role)).catch((error: Error) => {
    if (error.name !== "EntityAlreadyExistsException") throw error;
  });
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: policyArn("Admin") }));
  const { Credentials: it } = await new STSClient(given.root).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::000000000000:role/${roleName}`,
      RoleSessionName: sessionName,
    }),
  );
  const credentials = {
    accessKeyId: `${it?.AccessKeyId}`,
    secretAccessKey: `${it?.SecretAccessKey}`,
    sessionToken: `${it?.SessionToken}`,
  };
  return given.as({ ...given.root, credentials });
}

test("a call without a signature, with a wrong secret, or of a user without the policy gets nowhere", async () => {
  const access = await given.accessOf("auditor");
  const wrong = { ...access, credentials: { ...access.credentials, secretAccessKey: "x".repeat(40) } };
  expect((await given.as(undefined).call("GET", "/grants")).status).toBe(403);
  expect((await given.as(wrong).call("GET", "/grants")).status).toBe(403);
  const olga = await given.user("auditor");
  expect((await olga.call("GET", "/grants")).status).toBe(200);
  await expect(given.request(olga)).rejects.toThrow(/^Error: 403|403/);
});

test("nobody approves their own request: by IAM, by the API, or through a renamed role session", async () => {
  // Rita may call every route; only the API stands between her and her own approval.
  await new IAMClient(given.root).send(
    new AttachUserPolicyCommand({ UserName: "requester", PolicyArn: policyArn("Admin") }),
  );
  const rita = await given.user("requester");
  const own = await given.request(rita, { role: "read-write", seconds: 60 });
  expect(await rita.call("POST", `/grants/${own.id}/approve`)).toMatchObject({
    status: 403,
    body: { code: "OWN_REQUEST" },
  });

  // A session that calls itself ada is still the role, and a role never approves.
  const renamed = await sessionOf("helper", "ada");
  expect((await renamed.call("POST", `/grants/${own.id}/approve`)).status).toBe(404);
  const asRole = await given.request(renamed, { role: "read-write", seconds: 60 });
  expect(asRole.requester).toBe("role/helper");
  const again = await sessionOf("helper", "rita");
  expect(await again.call("POST", `/grants/${asRole.id}/approve`)).toMatchObject({
    status: 403,
    body: { code: "OWN_REQUEST" },
  });
  expect((await given.grant(own.id)).approvals).toEqual([]);
  expect((await given.grant(asRole.id)).approvals).toEqual([]);
  await rita.call("POST", `/grants/${own.id}/cancel`);
});

test("an IAM user made anew under an old name is somebody else", async () => {
  const iam = new IAMClient(given.root);
  const { CreateUserCommand } = await import("@aws-sdk/client-iam");
  await iam.send(new CreateUserCommand({ UserName: "newcomer" }));
  await iam.send(new AttachUserPolicyCommand({ UserName: "newcomer", PolicyArn: policyArn("Admin") }));
  const newcomer = await given.user("newcomer");
  expect(await newcomer.call("GET", "/databases")).toMatchObject({ status: 200, body: { databases: [] } });
  await expect(given.request(newcomer)).rejects.toThrow("no rule lets");
});

test("one sees one's own grants, those one may decide, and as an auditor all; others do not exist", async () => {
  const rita = await given.user("requester");
  const root = await given.user("admin");
  const olga = await given.user("auditor");
  const grant = await given.active(rita, { seconds: 60 });
  const stranger = await sessionOf("stranger", "anybody");
  expect((await rita.call("GET", `/grants/${grant.id}`)).body.status).toBe("active");
  expect((await olga.call("GET", `/grants/${grant.id}`)).body.id).toBe(grant.id);
  expect((await stranger.call("GET", `/grants/${grant.id}`)).body.code).toBe("NOT_FOUND");
  expect((await stranger.call("POST", `/grants/${grant.id}/revoke`)).body.code).toBe("NOT_FOUND");
  expect((await stranger.call("GET", "/grants")).body.grants).toEqual([]);
  const { verifier } = given.credential();
  expect(await root.call("PUT", `/grants/${grant.id}/verifier`, { verifier })).toMatchObject({
    status: 403,
    body: { code: "NOT_ALLOWED" },
  });
  // An administrator may end what somebody else holds.
  expect((await root.call("POST", `/grants/${grant.id}/revoke`, { reason: "incident" })).status).toBe(202);
  expect((await given.until(grant.id, "revoked")).end).toMatchObject({ by: "root", reason: "incident" });
});

test("what comes back never shows a secret's ARN, a wake token or a verifier", async () => {
  const rita = await given.user("requester");
  const grant = await given.active(rita, { seconds: 60 });
  const shown = JSON.stringify((await rita.call("GET", `/grants/${grant.id}`)).body);
  expect(shown).not.toMatch(/secretsmanager|wakeToken|SCRAM|lease/);
  await rita.call("POST", `/grants/${grant.id}/revoke`);
  await given.until(grant.id, "revoked");
});
