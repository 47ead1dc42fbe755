/** dangers 4: users replicate, sessions do not; each server must be asked, and only once the fence has arrived there. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { postgresDoor } from "../../src/connect/postgres-door.ts";
import { postgres } from "../../src/engines/postgres.ts";
import { grantId, usernameOf } from "../../src/grant.ts";
import { password } from "../../src/verifiers/password.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import { type StreamingReplica, startStreamingReplica } from "./harness/streaming-replica.ts";

const folder = mkdtempSync(join(tmpdir(), "dblease-replica-"));
const reader = { name: "dbl_shop__read", scopes: [{ schemas: ["public"], privileges: ["select" as const] }] };
let writer: PostgresServer;
let replica: StreamingReplica;

beforeAll(async () => {
  writer = await startPostgresServer({ folder: join(folder, "postgres") });
  replica = await startStreamingReplica(writer, folder);
  await postgres.prepare(door(), [reader]);
});

afterAll(async () => {
  await replica.stop();
  await writer.stop();
  rmSync(folder, { recursive: true, force: true });
});

function door(id?: string) {
  return postgresDoor({
    members: [
      { id: "writer", host: "localhost", port: writer.port },
      { id: "replica", host: "localhost", port: replica.port },
    ],
    database: "postgres",
    credentials: { username: writer.adminUsername, password: writer.adminPassword },
    tls: { ca: writer.ca },
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
    grantId: id,
  });
}

async function given() {
  const id = grantId(randomBytes(12));
  const secret = password(randomBytes);
  const known = { username: usernameOf(id), marker: { installation: "test", grantId: id } };
  const { userOid } = await postgres.grant(door(id), {
    ...known,
    groupRole: reader.name,
    verifier: scramSha256(secret, randomBytes(16)),
    expiresAt: new Date(Date.now() + 600_000).toISOString(),
    connectionLimit: 10,
    deadline: new Date(Date.now() + 60_000).toISOString(),
  });
  const login = async (port: number): Promise<Client> => {
    const client = new Client({
      host: "localhost",
      port,
      database: "postgres",
      user: known.username,
      password: secret,
      ssl: { ca: writer.ca },
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const onReplica = async (): Promise<Client> => {
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(20)) {
      const client = await login(replica.port).catch(() => undefined);
      if (client) return client;
    }
    throw new Error("the user never came to the replica");
  };
  return {
    login,
    onReplica,
    revoke: () => postgres.revoke(door(id), { ...known, userOid }, () => new Date()),
  };
}

async function onReplicaAsOwner(sql: string): Promise<void> {
  const client = new Client(replica.superuser);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

test("postgres 18: a session on a streaming replica ends, and the replica stands in the receipt", async () => {
  const person = await given();
  const sessions = [await person.login(writer.port), await person.onReplica()];
  const receipt = await person.revoke();
  expect(receipt.residue).toEqual([]);
  expect(receipt.sessionsEnded).toBe(2);
  expect(receipt.members.map(({ member, sessions: open }) => [member, open])).toEqual([
    ["writer", 0],
    ["replica", 0],
  ]);
  for (const session of sessions) await expect(session.query("SELECT 1")).rejects.toThrow();
  await expect(person.login(replica.port)).rejects.toThrow();
});

test("postgres 18: a replica that lags behind the fence is waited for, and is no proof while it does", async () => {
  const person = await given();
  const session = await person.onReplica();
  await onReplicaAsOwner("SELECT pg_wal_replay_pause()");
  const early = await person.revoke();
  expect(early.droppedAt).toBeUndefined();
  expect(early.residue.length).toBeGreaterThan(0);
  await expect(session.query("SELECT 1")).rejects.toThrow();
  await onReplicaAsOwner("SELECT pg_wal_replay_resume()");
  expect((await person.revoke()).residue).toEqual([]);
  await expect(person.login(replica.port)).rejects.toThrow();
});

test("postgres 18: sessions that come back to the replica in a loop find the door shut", async () => {
  const person = await given();
  let trying = true;
  let openAfterwards = 0;
  let proved = false;
  const loop = (async () => {
    while (trying) {
      const client = await person.login(replica.port).catch(() => undefined);
      if (client && proved) openAfterwards += 1;
      await client?.query("SELECT 1").catch(() => {});
    }
  })();
  await person.onReplica();
  const receipt = await person.revoke();
  proved = true;
  await sleep(300);
  trying = false;
  await loop;
  expect(receipt.residue).toEqual([]);
  expect(openAfterwards).toBe(0);
});
