/** A whole dblease on this machine for one test file: real PostgreSQL, real workflows and functions, IAM enforced. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateAccessKeyCommand, IAMClient } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SFNClient } from "@aws-sdk/client-sfn";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import { type Stack, startStack } from "../../local-stack/stack.ts";
import type { Grant } from "../../src/grant.ts";
import { findGrant } from "../../src/store/grants.ts";
import type { Table } from "../../src/store/table.ts";
import { password as makePassword } from "../../src/verifiers/password.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import type { GrantView } from "../../src/views.ts";
import { type Answer, signedCall } from "./signed-call.ts";

export interface Person {
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

export interface Requested extends GrantView {
  password: string;
}

export class GivenStack {
  readonly folder = mkdtempSync(join(tmpdir(), "dblease-journey-"));
  readonly configFile: string;
  private running: Stack | undefined;
  private resources: Map<string, string> = new Map();
  private readonly people = new Map<string, Person>();

  constructor(configFile = join(import.meta.dirname, "dblease.yaml")) {
    this.configFile = configFile;
    beforeAll(async () => {
      this.running = await startStack({ folder: this.folder, configFile: this.configFile });
      const found = await new CloudFormationClient(this.root).send(new DescribeStackResourcesCommand({ StackName: "Dblease" }));
      for (const it of found.StackResources ?? []) {
        this.resources.set(`${it.LogicalResourceId}`, `${it.PhysicalResourceId}`);
      }
    });
    afterAll(async () => {
      await this.running?.stop();
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  get stack(): Stack {
    if (!this.running) throw new Error("the stack is not up yet");
    return this.running;
  }

  /** The root of the emulated account: for what stands outside dblease. */
  get root(): AwsAccess {
    return this.stack.emulator.root;
  }

  /** Physical id of the one resource of the stack whose logical id begins like this. */
  resource(prefix: string): string {
    const found = [...this.resources].find(([logical]) => new RegExp(`^Dblease${prefix}[0-9A-F]{8}$`).test(logical));
    if (!found) throw new Error(`no resource ${prefix} among ${[...this.resources.keys()].join(", ")}`);
    return found[1];
  }

  get table(): Table {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(this.root), { marshallOptions: { removeUndefinedValues: true } });
    return { client, name: this.resource("GrantsTable") };
  }

  get workflows() {
    return new SFNClient(this.root);
  }

  /** Somebody who signs with own credentials. */
  as(access: Parameters<typeof signedCall>[0]): Person {
    return { call: (method, path, body, headers) => signedCall(access, this.stack.info.apiUrl, method, path, body, headers) };
  }

  /** One of the IAM users requester, approver, auditor, admin; with a key of its own. */
  async user(name: string): Promise<Person> {
    const known = this.people.get(name);
    if (known) return known;
    const person = this.as(await this.accessOf(name));
    this.people.set(name, person);
    return person;
  }

  async accessOf(name: string): Promise<AwsAccess> {
    const { AccessKey: key } = await new IAMClient(this.root).send(new CreateAccessKeyCommand({ UserName: name }));
    return { ...this.root, credentials: { accessKeyId: `${key?.AccessKeyId}`, secretAccessKey: `${key?.SecretAccessKey}` } };
  }

  /** Asks for access and keeps the password, as the CLI does. */
  async request(person: Person, wish: { role?: string; seconds?: number; reason?: string } = {}): Promise<Requested> {
    const password = makePassword(randomBytes);
    const answer = await person.call(
      "POST",
      "/grants",
      {
        database: "orders",
        role: wish.role ?? "read-only",
        durationSeconds: wish.seconds ?? 300,
        reason: wish.reason ?? "a test",
        verifier: scramSha256(password, randomBytes(16)),
      },
      { "idempotency-key": randomUUID() },
    );
    if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    return { ...answer.body, password };
  }

  /** The row as the table has it. */
  async grant(id: string): Promise<Grant> {
    const grant = await findGrant(this.table, id);
    if (!grant) throw new Error(`no grant ${id}`);
    return grant;
  }

  /** Waits until the grant has one of these statuses. */
  async until(id: string, ...statuses: Grant["status"][]): Promise<Grant> {
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
      const grant = await this.grant(id);
      if (statuses.includes(grant.status)) return grant;
    }
    throw new Error(`grant ${id} never became ${statuses.join(" or ")}: it is ${JSON.stringify(await this.grant(id))}`);
  }

  async active(person: Person, wish: Parameters<GivenStack["request"]>[1] = {}): Promise<Requested & Grant> {
    const requested = await this.request(person, wish);
    return { ...requested, ...(await this.until(requested.id, "active")) } as Requested & Grant;
  }

  /** A database session with the temporary user's own password, over verified TLS. */
  async connect(grant: { username: string; password: string }): Promise<Client> {
    const { host, port, ca } = this.stack.postgres;
    const client = new Client({ host, port, database: "orders", user: grant.username, password: grant.password, ssl: { ca } });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** What only the server's owner can see: for looking, never on dblease's side. */
  async asOwner<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ ...this.stack.postgres.superuser, database: "orders" });
    await client.connect();
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async userExists(username: string): Promise<boolean> {
    return (await this.asOwner("SELECT 1 FROM pg_roles WHERE rolname = $1", [username])).length > 0;
  }

  /** Runs the deployed function of this name now, instead of when its time comes. */
  async invoke(name: string, payload: object = {}): Promise<unknown> {
    const answer = await new LambdaClient(this.root).send(
      new InvokeCommand({ FunctionName: this.resource(name), Payload: JSON.stringify(payload) }),
    );
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
  }
}
