/**
 * Each function of ours in the hands of a thief, who has its role and nothing else: what IAM lets that role do, call by
 * call. What thief-calls.ts does not expect of a role was refused; test/infra/permissions.txt has the policies themselves.
 */
import { join } from "node:path";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { GivenStack } from "./given-stack.ts";
import { functions, type Loot, type Name, thiefCalls } from "./thief-calls.ts";

const given = new GivenStack(join(import.meta.dirname, "permissions.yaml"));
const names = Object.keys(functions) as Name[];

/** Any other failure means that IAM let the call through. */
async function isRefused(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => false,
    (error: Error) => /AccessDenied|AuthorizationError|UnauthorizedOperation/.test(error.name),
  );
}

async function loot(): Promise<Loot> {
  const manager = new SecretsManagerClient(given.root);
  const admin = await manager.send(new DescribeSecretCommand({ SecretId: "dblease/orders/admin" }));
  const application = await manager.send(
    new DescribeSecretCommand({ SecretId: "dblease/orders-app/application" }),
  );
  const other = await manager.send(new CreateSecretCommand({ Name: "payroll", SecretString: "x" }));
  const role = new GetRoleCommand({ RoleName: given.resource("ConnectRole") });
  const connect = await new IAMClient(given.root).send(role);
  return {
    adminSecret: `${admin.ARN}`,
    applicationSecret: `${application.ARN}`,
    otherSecret: `${other.ARN}`,
    connectRole: `${connect.Role?.Arn}`,
  };
}

test("what each role is let do, and nothing else", async () => {
  const calls = thiefCalls(given, await loot());
  const letThrough = new Map(calls.map(([what]) => [what, [] as Name[]]));
  for (const name of names) {
    const access = await given.takeRole(`${functions[name]}ServiceRole`);
    const tries = calls.map(async ([what, call]) => {
      if (!(await isRefused(call(access)))) letThrough.get(what)?.push(name);
    });
    await Promise.all(tries);
  }
  const expected = calls.map(([what, , who]) => [what, names.filter((it) => who.includes(it))]);
  expect(Object.fromEntries(letThrough)).toEqual(Object.fromEntries(expected));
});
