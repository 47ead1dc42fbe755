/** A whole dblease on this machine for one test file: real PostgreSQL, real workflows and functions, IAM enforced. */
import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CloudFormationClient, DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateAccessKeyCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetExecutionHistoryCommand, type HistoryEvent, SFNClient } from "@aws-sdk/client-sfn";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import { personEnvironment } from "../../local-stack/person-environment.ts";
import { type Stack, type StackOptions, startStack } from "../../local-stack/stack.ts";
import type { GrantEvent } from "../../src/events.ts";
import type { FindingEvent } from "../../src/finding.ts";
import type { Grant } from "../../src/grant.ts";
import { findGrant, openGrants } from "../../src/store/find-grants.ts";
import { keys, type Table } from "../../src/store/table.ts";
import { updateExpression } from "../../src/store/update-expression.ts";
import { password as makePassword } from "../../src/verifiers/password.ts";
import { scramSha256 } from "../../src/verifiers/scram-sha-256.ts";
import type { GrantView } from "../../src/views.ts";
import { BusSubscriber, type Published } from "./bus-subscriber.ts";
import { type Answer, signedCall } from "./signed-call.ts";

export interface Person {
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
}

export interface Requested extends GrantView {
  password: string;
}

/** For whoever starts and stops it by hand: programs that are no tests. */
export class RunningStack {
  readonly folder = mkdtempSync(join(tmpdir(), "dblease-journey-"));
  readonly configFile: string;
  private running: Stack | undefined;
  private subscriber: BusSubscriber | undefined;
  private resources: Map<string, string> = new Map();
  private readonly people = new Map<string, Person>();
  private readonly options: Pick<StackOptions, "iam" | "with" | "instances" | "proxies">;

  constructor(
    configFile = join(import.meta.dirname, "dblease.yaml"),
    options: Pick<StackOptions, "iam" | "with" | "instances" | "proxies"> = {},
  ) {
    this.configFile = configFile;
    this.options = options;
  }

  async start(): Promise<void> {
    this.running = await startStack({ folder: this.folder, configFile: this.configFile, ...this.options });
    this.subscriber = new BusSubscriber(this.root);
    await this.subscriber.subscribe();
    const found = await new CloudFormationClient(this.root).send(
      new DescribeStackResourcesCommand({ StackName: "Dblease" }),
    );
    for (const it of found.StackResources ?? []) {
      this.resources.set(`${it.LogicalResourceId}`, `${it.PhysicalResourceId}`);
    }
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get stack(): Stack {
    if (!this.running) throw new Error("the stack is not up yet");
    return this.running;
  }

  /** The root of the emulated account: for what stands outside dblease. */
  get root(): AwsAccess {
    return this.stack.emulator.root;
  }

  /** Physical id of the one resource of the stack with this name, in whichever construct of dblease it stands. */
  resource(name: string): string {
    const found = [...this.resources].find(([logical]) =>
      new RegExp(`^Dblease([A-Z][a-z]+)?${name}[0-9A-F]{8}$`).test(logical),
    );
    if (!found) throw new Error(`no resource ${name} among ${[...this.resources.keys()].join(", ")}`);
    return found[1];
  }

  get table(): Table {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(this.root), {
      marshallOptions: { removeUndefinedValues: true },
    });
    return { client, name: this.resource("GrantsTable") };
  }

  get workflows() {
    return new SFNClient(this.root);
  }

  /** ARN of a grant's own execution, or of one of its revokes. */
  executionOf(id: string, revokeNumber?: number): string {
    const machine = this.resource(revokeNumber === undefined ? "GrantMachine" : "RevokeMachine");
    const name = revokeNumber === undefined ? id : `${id}-${revokeNumber}`;
    return `${machine.replace(":stateMachine:", ":execution:")}:${name}`;
  }

  /** What both machines did for a closed grant, the grant's own execution first. */
  async history(id: string): Promise<HistoryEvent[]> {
    const { revokeNumber } = await this.grant(id);
    const all: HistoryEvent[] = [];
    for (const executionArn of [this.executionOf(id), this.executionOf(id, revokeNumber)]) {
      const { events } = await this.workflows.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
      );
      all.push(...(events ?? []));
    }
    return all;
  }

  /** Somebody who signs with own credentials. */
  as(access: Parameters<typeof signedCall>[0]): Person {
    return {
      call: (method, path, body, headers) =>
        signedCall(access, this.stack.info.apiUrl, method, path, body, headers),
    };
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
    const { AccessKey: key } = await new IAMClient(this.root).send(
      new CreateAccessKeyCommand({ UserName: name }),
    );
    return {
      ...this.root,
      credentials: { accessKeyId: `${key?.AccessKeyId}`, secretAccessKey: `${key?.SecretAccessKey}` },
    };
  }

  /** A password as the CLI makes it, and the verifier that travels. */
  credential(): { password: string; verifier: string } {
    const password = makePassword(randomBytes);
    return { password, verifier: scramSha256(password, randomBytes(16)) };
  }

  /** A token of the requester's own, as `dblease token` prints it. */
  async token(person: Person, id: string): Promise<string> {
    const answer = await person.call("POST", `/grants/${id}/token`, {});
    if (answer.status !== 201) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.token;
  }

  /** The command line as this IAM user has it. */
  environment(profile: string): NodeJS.ProcessEnv {
    return personEnvironment(this.stack.info, profile, this.folder);
  }

  /** What the command line says to this IAM user, also where it says no. */
  async dblease(profile: string, ...words: string[]) {
    const env = this.environment(profile);
    const run = promisify(execFile)("node", ["dist/dblease.mjs", ...words, "--json"], { env });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    return JSON.parse(stdout);
  }

  /** The same as a person reads it. */
  async words(profile: string, ...words: string[]): Promise<string> {
    const env = this.environment(profile);
    return (await promisify(execFile)("node", ["dist/dblease.mjs", ...words], { env })).stdout;
  }

  /** Asks for access and keeps the password, as the CLI does. */
  async request(
    person: Person,
    wish: { database?: string; role?: string; seconds?: number; reason?: string } = {},
  ): Promise<Requested> {
    const { password, verifier } = this.credential();
    const answer = await person.call(
      "POST",
      "/grants",
      {
        database: wish.database ?? "orders",
        role: wish.role ?? "read-only",
        durationSeconds: wish.seconds ?? 300,
        reason: wish.reason ?? "a test",
        verifier,
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

  /** All that are not finished for good. */
  openGrants(): Promise<Grant[]> {
    return openGrants(this.table);
  }

  /** Waits until the grant has one of these statuses. */
  async until(id: string, ...statuses: Grant["status"][]): Promise<Grant> {
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
      const grant = await this.grant(id);
      if (statuses.includes(grant.status)) return grant;
    }
    throw new Error(
      `grant ${id} never became ${statuses.join(" or ")}: it is ${JSON.stringify(await this.grant(id))}`,
    );
  }

  async untilTrue(condition: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) if (await condition()) return;
    throw new Error("it never became true");
  }

  /** The events of a grant in the table, in order. */
  async eventsOf(id: string): Promise<GrantEvent[]> {
    const { client, name: TableName } = this.table;
    const found = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": `event#${id}` },
        ConsistentRead: true,
      }),
    );
    return (found.Items ?? []) as GrantEvent[];
  }

  async active(person: Person, wish: Parameters<GivenStack["request"]>[1] = {}): Promise<Requested & Grant> {
    const requested = await this.request(person, wish);
    return { ...requested, ...(await this.until(requested.id, "active")) } as Requested & Grant;
  }

  /** A database session with the temporary user's own password, over verified TLS. */
  async connect(grant: { username: string; password: string }): Promise<Client> {
    const { host, port, ca } = this.stack.postgres;
    const client = new Client({
      host,
      port,
      database: "orders",
      user: grant.username,
      password: grant.password,
      ssl: { ca },
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** A session of the server's owner: for looking and for faults, never on dblease's side. */
  async owner(): Promise<Client> {
    const client = new Client({ ...this.stack.postgres.superuser, database: "orders" });
    await client.connect();
    return client;
  }

  async asOwner<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = await this.owner();
    try {
      return (await client.query<Row>(sql, values.length > 0 ? values : undefined)).rows;
    } finally {
      await client.end();
    }
  }

  async userExists(username: string): Promise<boolean> {
    return (await this.asOwner("SELECT 1 FROM pg_roles WHERE rolname = $1", [username])).length > 0;
  }

  /** What a subscriber of the bus got of this grant; waits until there are so many. */
  async publishedEvents(id: string, count: number): Promise<Published[]> {
    const ofGrant = () => this.subscriber?.received.filter((it) => it.detail.grant?.id === id) ?? [];
    await this.untilTrue(async () => {
      await this.subscriber?.poll();
      return ofGrant().length >= count;
    });
    return ofGrant();
  }

  /** What a subscriber of the bus has got of findings so far. */
  async publishedFindings(name: FindingEvent["name"]): Promise<Published[]> {
    await this.subscriber?.poll();
    return this.subscriber?.received.filter((it) => it["detail-type"] === name) ?? [];
  }

  /** Names of the events of rotations that a subscriber of the bus has got so far. */
  async publishedRotations(): Promise<string[]> {
    await this.subscriber?.poll();
    const told = (this.subscriber?.received ?? []).map((it) => it["detail-type"]);
    return told.filter((it) => it.startsWith("Rotation"));
  }

  /** Credentials of a role of the stack, which the root of the account has first opened for everybody. */
  async takeRole(name: string): Promise<AwsAccess> {
    const RoleName = this.resource(name);
    const client = new IAMClient(this.root);
    const trust = { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    await client.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const { Role } = await client.send(new GetRoleCommand({ RoleName }));
    return this.assume(this.root, `${Role?.Arn}`, "thief");
  }

  /** What STS answers to somebody who assumes a role. */
  async assume(access: AwsAccess, RoleArn: string, RoleSessionName: string): Promise<AwsAccess> {
    const { Credentials: it } = await new STSClient(access).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName }),
    );
    const credentials = {
      accessKeyId: `${it?.AccessKeyId}`,
      secretAccessKey: `${it?.SecretAccessKey}`,
      sessionToken: `${it?.SessionToken}`,
    };
    return { ...access, credentials };
  }

  /** Takes one permission away from a function's role while `action` runs: the crash between two calls. */
  async without(functionName: string, denied: string, action: () => Promise<void>): Promise<void> {
    const configuration = await new LambdaClient(this.root).send(
      new GetFunctionConfigurationCommand({ FunctionName: this.resource(functionName) }),
    );
    const role = { RoleName: `${configuration.Role}`.split("/").at(-1), PolicyName: "crash" };
    const iam = new IAMClient(this.root);
    const document = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: denied, Resource: "*" }],
    };
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument: JSON.stringify(document) }));
    try {
      await action();
    } finally {
      await iam.send(new DeleteRolePolicyCommand(role));
    }
  }

  /** Makes the sweeper's clock come for this grant now. */
  async sweepNow(id: string): Promise<void> {
    await this.makeDue(id);
    await this.invoke("Sweep");
  }

  /** The next sweep has to look at this grant. */
  makeDue(id: string): Promise<void> {
    return this.set(id, { dueAt: "2020-01-01T00:00:00.000Z", open: "open" });
  }

  /** What no function of dblease may write: other facts in a grant's row. */
  async set(id: string, attributes: Record<string, string>): Promise<void> {
    const { expression, names, values } = updateExpression(attributes);
    await this.table.client.send(
      new UpdateCommand({
        TableName: this.table.name,
        Key: keys.grant(id),
        UpdateExpression: expression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      }),
    );
  }

  /** Runs the deployed function of this name now, instead of when its time comes. */
  async invoke(name: string, payload: object = {}): Promise<unknown> {
    const answer = await new LambdaClient(this.root).send(
      new InvokeCommand({ FunctionName: this.resource(name), Payload: JSON.stringify(payload) }),
    );
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "null");
  }
}

/** One for a test file: up before its first test, gone after its last. */
export class GivenStack extends RunningStack {
  constructor(...of: ConstructorParameters<typeof RunningStack>) {
    super(...of);
    beforeAll(() => this.start());
    afterAll(() => this.stop());
  }
}
