/** Access by IAM: what a token costs beside AWS's part, and what the proxy takes from a connection. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { Client, type ClientConfig } from "pg";
import { inCheckout } from "../../local-stack/in-checkout.ts";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import type { Call } from "../../src/api/api.ts";
import { issueToken, type TokenApi } from "../../src/api/issue-token.ts";
import type { Grant } from "../../src/grant.ts";
import { sourceIdentity } from "../../src/iam/connect-policy.ts";
import { signToken } from "../../src/iam/sign-token.ts";
import type { Table } from "../../src/store/table.ts";
import { median } from "../quantile.ts";
import type { Report } from "../row.ts";
import { timed } from "../timed.ts";

const tokens = 200;
const queries = 3000;
const copies = 7;
const connections = 60;
/** 100 MB in rows of 1 KB. */
const copy = "COPY (SELECT repeat('x', 999) FROM generate_series(1, 100000)) TO STDOUT";

export async function iam(report: Report): Promise<void> {
  await tokensOf(report);
  await proxyOf(report);
}

const rita = { id: "person/rita", name: "rita", mayApprove: true };
const grant = {
  id: "0123456789ab",
  status: "active",
  model: "iam",
  username: "jit_0123456789ab",
  requester: rita,
  database: { id: "orders", engine: "postgres", database: "orders" },
  members: [{ id: "orders", host: "orders.example", port: 5432, resourceId: "db-A" }],
  expiresAt: "2999-01-01T00:00:00.000Z",
} as unknown as Grant;

/** Answers at once what STS answers, so that nothing but our own work is between two measurements. */
async function playedSts() {
  const answer = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>
    <SecretAccessKey>s</SecretAccessKey><SessionToken>${"t".repeat(300)}</SessionToken>
    <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.writeHead(200, { "content-type": "text/xml" }).end(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sts = new STSClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
  return { sts, close: () => server.close() };
}

/** A table that has the one grant, and takes what is written. */
const table = {
  name: "grants",
  client: {
    send: async () => ({ Item: { ...grant }, Attributes: { tokens: 1 }, Responses: { grants: [] } }),
  },
} as unknown as Table;

async function tokensOf(report: Report): Promise<void> {
  const { sts, close } = await playedSts();
  const connectRole = "arn:aws:iam::123456789012:role/connect";
  const api = {
    table,
    broker: { sts, connectRole, region: "eu-west-1" },
    currentServer: async () => undefined,
    clock: () => new Date(),
    random: randomBytes,
  } as unknown as TokenApi;
  const call = {
    person: rita,
    stored: { version: 1, config: { persons: {}, groups: {} } },
  } as unknown as Call;
  const bare = async () => {
    const session = await sts.send(
      new AssumeRoleCommand({
        RoleArn: connectRole,
        RoleSessionName: grant.id,
        SourceIdentity: sourceIdentity("rita"),
        DurationSeconds: 900,
      }),
    );
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = session.Credentials ?? {};
    const credentials = {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    };
    return signToken(
      { host: "orders.example", port: 5432, username: grant.username },
      "eu-west-1",
      credentials,
    );
  };
  const taken = await inTurns(tokens, { dblease: () => issueToken(api, call, grant.id, undefined), bare });
  close();
  const row = { bench: "iam", engine: "dblease", at: "network left out", samples: tokens } as const;
  report({ ...row, strategy: "token: bare AssumeRole and signing", value: median(taken.bare), unit: "ms" });
  report({ ...row, strategy: "token: dblease", value: median(taken.dblease), unit: "ms" });
  const more = median(taken.dblease) - median(taken.bare);
  report({ ...row, strategy: "token: dblease over bare", value: more, unit: "ms", bar: 5 });
}

/** Both by turns, so that a busy machine is busy for both. */
async function inTurns<Name extends string>(
  rounds: number,
  works: Record<Name, () => Promise<unknown>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const taken = Object.fromEntries(names.map((it) => [it, [] as number[]])) as Record<Name, number[]>;
  // The first one pays for what is loaded late.
  for (const name of names) await works[name]();
  for (let round = 0; round < rounds; round++) {
    for (const name of names) taken[name].push((await timed(works[name])).ms);
  }
  return taken;
}

/** A program of ours that listens; it ends with its stdin. @returns its port, by what it is told. */
function program(file: string) {
  const child = spawn("node", [inCheckout(file)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  return {
    async portFor(words: string): Promise<number> {
      child.stdin.write(`${words}\n`);
      const [port] = await once(lines, "line");
      return Number(port);
    },
    stop: () => child.stdin.end(),
  };
}

async function proxyOf(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dblease-bench-iam-"));
  const server = await startPostgresServer({ folder: join(folder, "postgres") });
  const relay = program("bench/relay-process.ts");
  const far = program("bench/far-process.ts");
  try {
    await makeUser(server, join(folder, "postgres/data/pg_hba.conf"));
    const { host, ca } = server;
    const waysTo = async (port: number) => {
      const target = { host, port, ca, username: "tokens", database: "postgres", token: "token" };
      const relayPort = await relay.portFor(JSON.stringify(target));
      const direct = { host, port, user: "tokens", password: "token", database: "postgres", ssl: { ca } };
      return { direct, proxy: { host: "127.0.0.1", port: relayPort, user: "any", database: "postgres" } };
    };
    await compare(report, await waysTo(server.port), await waysTo(await far.portFor(String(server.port))));
  } finally {
    relay.stop();
    far.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Who is asked for a password in clear text, over TLS: as RDS asks for a token. */
async function makeUser(server: PostgresServer, hba: string): Promise<void> {
  writeFileSync(hba, `hostssl all tokens 127.0.0.1/32 password\n${readFileSync(hba, "utf8")}`);
  const owner = new Client(server.superuser);
  await owner.connect();
  await owner.query("CREATE ROLE tokens LOGIN PASSWORD 'token'");
  await owner.query("SELECT pg_reload_conf()");
  await owner.end();
}

async function connected(config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  await client.connect();
  return client;
}

interface Ways {
  direct: ClientConfig;
  proxy: ClientConfig;
}

async function compare(report: Report, near: Ways, far: Ways): Promise<void> {
  const row = { bench: "iam", engine: "postgres 18" } as const;
  const tell = (at: string, taken: Record<keyof Ways, number[]>, bar?: number) => {
    const of = { ...row, at, samples: taken.direct.length };
    const [bare, through] = [median(taken.direct), median(taken.proxy)];
    report({ ...of, strategy: "direct, TLS", value: bare, unit: "ms" });
    report({ ...of, strategy: "through the proxy", value: through, unit: "ms" });
    const ratio = { ...of, strategy: "proxy to direct", value: through / bare, unit: "x" } as const;
    report(bar === undefined ? ratio : { ...ratio, bar });
  };
  const asked = async ({ direct, proxy }: Ways, rounds: number, sql: string) => {
    const [one, other] = [await connected(direct), await connected(proxy)];
    const taken = await inTurns(rounds, { direct: () => one.query(sql), proxy: () => other.query(sql) });
    await Promise.all([one.end(), other.end()]);
    return taken;
  };
  // Nine tenths of the speed: 1 / 0.9 of the time.
  const bar = 1.11;
  tell("select 1, server on this machine", await asked(near, queries, "SELECT 1"), bar);
  tell("select 1, server 1 ms away each way", await asked(far, queries / 10, "SELECT 1"), bar);
  tell("COPY of 100 MB, server on this machine", await asked(near, copies, copy), bar);
  const open = (config: ClientConfig) => async () => (await connected(config)).end();
  const opened = { direct: open(near.direct), proxy: open(near.proxy) };
  tell("a new connection, server on this machine", await inTurns(connections, opened));
}
