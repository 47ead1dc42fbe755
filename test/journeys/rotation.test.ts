/** Rotation on a real server, with Secrets Manager's four steps: the application goes on, whatever happens on the way. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import { expect, test } from "vitest";
import { findRotations } from "../../src/store/rotations.ts";
import { GivenStack } from "./given-stack.ts";

const given = new GivenStack(join(import.meta.dirname, "rotation.yaml"));
const name = "dblease/orders-app/application";

const secrets = () => new SecretsManagerClient(given.root);

async function current(): Promise<{ username: string; password: string; versionId: string; text: string }> {
  const found = await secrets().send(new GetSecretValueCommand({ SecretId: name }));
  const text = `${found.SecretString}`;
  return { ...JSON.parse(text), versionId: `${found.VersionId}`, text };
}

async function login({ username, password }: { username: string; password: string }): Promise<Client> {
  const { host, port, ca } = given.stack.postgres;
  const client = new Client({ host, port, database: "orders", user: username, password, ssl: { ca } });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** Rotates and waits for its end. */
async function rotate(): Promise<void> {
  const { VersionId } = await secrets().send(new RotateSecretCommand({ SecretId: name }));
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    const [rotation] = await findRotations(given.table);
    if (rotation?.run === VersionId && rotation?.status === "succeeded") return;
  }
  throw new Error(`not rotated: ${JSON.stringify(await findRotations(given.table))}`);
}

test("a rotation changes the password and nothing else of the secret", async () => {
  const before = await current();
  await rotate();
  const after = await current();
  expect(after.text).toBe(before.text.replace(before.password, after.password));
  expect(after.password).toMatch(/^[\w-]{30}$/);
  await (await login(after)).end();
  await expect(login(before)).rejects.toMatchObject({ code: "28P01" });
  const [rotation] = await findRotations(given.table);
  expect(rotation).toMatchObject({ id: "orders-app", status: "succeeded", run: after.versionId });
  const { VersionIdsToStages } = await secrets().send(new DescribeSecretCommand({ SecretId: name }));
  expect(VersionIdsToStages?.[before.versionId]).toEqual(["AWSPREVIOUS"]);
});
