/**
 * Rotations on a real PostgreSQL, with the emulator's Secrets Manager and table: dblease's own steps run in this
 * process, so that a test can let them die at every call.
 */
import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { Client } from "pg";
import { vi } from "vitest";
import { inCheckout } from "../../local-stack/in-checkout.ts";
import { type PostgresServer, startPostgresServer } from "../../local-stack/postgres-server.ts";
import { type Emulator, startEmulator } from "../../local-stack/start-emulator.ts";
import { openPostgres, type PostgresConnection } from "../../src/connect/postgres.ts";
import { postgresUsers } from "../../src/engines/postgres-users.ts";
import type { RotationStep } from "../../src/rotation/rotation-step.ts";
import { runRotationStep } from "../../src/rotation/run-rotation-step.ts";
import type { Rotation, RotationEvent, Strategy } from "../../src/rotation.ts";
import { changeRotation, findRotation } from "../../src/store/rotations.ts";
import type { Table } from "../../src/store/table.ts";

export interface UserLogin {
  username: string;
  password: string;
}

/** Counts everything that leaves the process, and dies at the n-th: before it, or after it was done. */
class Death {
  count = 0;
  private at = Number.POSITIVE_INFINITY;
  private when: "before" | "after" = "before";

  set(at: number, when: "before" | "after"): void {
    Object.assign(this, { count: 0, at, when });
  }

  async pass<T>(act: () => Promise<T>): Promise<T> {
    this.count += 1;
    if (this.count > this.at || (this.count === this.at && this.when === "before")) throw new Error("killed");
    const result = await act();
    if (this.count === this.at) throw new Error("killed");
    return result;
  }
}

const stepNames = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

export class RotationWorld {
  readonly death = new Death();
  readonly secrets: SecretsManagerClient;
  /** Milliseconds that each call to an API takes longer, as over a network. */
  latencyMs = 0;
  /** Calls to Secrets Manager and to the table, and logins, since the last look. */
  calls: string[] = [];
  logins = 0;

  readonly server: PostgresServer;
  readonly table: Table;
  private readonly emulator: Emulator;
  readonly folder: string;
  private readonly doNothing: string;

  private constructor(
    parts: { server: PostgresServer; emulator: Emulator; table: Table },
    folder: string,
    doNothing: string,
  ) {
    this.server = parts.server;
    this.emulator = parts.emulator;
    this.table = parts.table;
    this.folder = folder;
    this.doNothing = doNothing;
    this.secrets = new SecretsManagerClient(parts.emulator.root);
  }

  static async start(): Promise<RotationWorld> {
    const folder = mkdtempSync(join(tmpdir(), "dblease-rotation-"));
    const server = await startPostgresServer({ folder: join(folder, "postgres") });
    const emulator = await startEmulator({ folder: join(folder, "emulator"), caFile: server.caFile });
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(emulator.root), {
      marshallOptions: { removeUndefinedValues: true },
    });
    const text = (AttributeName: string) => ({ AttributeName, AttributeType: "S" }) as const;
    await client.send(
      new CreateTableCommand({
        TableName: "rotations",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [text("pk"), text("sk")],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
      }),
    );
    const doNothing = await functionThatDoesNothing(emulator, folder);
    return new RotationWorld({ server, emulator, table: { client, name: "rotations" } }, folder, doNothing);
  }

  async stop(): Promise<void> {
    await Promise.all([this.server.stop(), this.emulator.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Statements of the server's owner. */
  root(sql: string, database = "postgres"): Promise<Record<string, unknown>[]> {
    return run({ ...this.server.superuser, database }, sql);
  }

  /** Statements of the RDS-like master. */
  admin(sql: string): Promise<Record<string, unknown>[]> {
    const { host, port, adminUsername: user, adminPassword: password, ca } = this.server;
    return run({ host, port, user, password, ssl: { ca }, database: "postgres" }, sql);
  }

  async connect({ username, password }: UserLogin): Promise<Client> {
    const { host, port, ca } = this.server;
    const client = new Client({ host, port, user: username, password, ssl: { ca }, database: "postgres" });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Whether the server lets this login in. */
  async works(login: UserLogin): Promise<boolean> {
    try {
      await (await this.connect(login)).end();
      return true;
    } catch {
      return false;
    }
  }

  /** A user made by the master, its secret as AWS's functions keep it, and the rotation in the table. */
  async given(strategy: Strategy = "single-user", more: Record<string, unknown> = {}): Promise<Given> {
    const username = `app_${randomBytes(5).toString("hex")}`;
    const password = randomBytes(18).toString("base64url");
    await this.admin(`CREATE ROLE ${username} LOGIN PASSWORD '${password}'`);
    const { host, port } = this.server;
    const value = { engine: "postgres", host, port, username, password, dbname: "postgres", ...more };
    return this.rotationOf(username, JSON.stringify(value), strategy);
  }

  async rotationOf(user: string, text: string, strategy: Strategy, user2 = user): Promise<Given> {
    const id = `${user2}-${randomBytes(3).toString("hex")}`.replaceAll("_", "-");
    const { ARN: secret = "" } = await this.secrets.send(
      new CreateSecretCommand({ Name: id, SecretString: text }),
    );
    const { ARN: adminSecret = "" } = await this.secrets.send(
      new CreateSecretCommand({
        Name: `${id}-admin`,
        SecretString: JSON.stringify({
          username: this.server.adminUsername,
          password: this.server.adminPassword,
        }),
      }),
    );
    const { host, port, ca } = this.server;
    const rotation: Rotation = {
      ...{
        id,
        secret,
        user,
        strategy,
        schedule: "rate(30 days)",
        host,
        port,
        configuredAt: "2026-11-24T08:00:00.000Z",
        version: 0,
        status: "new",
      },
      database: { id: "db", engine: "postgres", host, port, database: "postgres", adminSecret, tls: { ca } },
    };
    await changeRotation(this.table, rotation, { patch: {}, events: [], at: "" });
    return new Given(this, secret, id, this.step());
  }

  /** Everything that leaves the process passes by Death, and is counted. */
  private step(): RotationStep<PostgresConnection> {
    const counted = <T extends { send: (...words: never[]) => Promise<unknown> }>(client: T): T =>
      new Proxy(client, {
        get: (target, name) =>
          name === "send"
            ? (command: { constructor: { name: string } }) =>
                this.death.pass(async () => {
                  this.calls.push(command.constructor.name);
                  if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
                  return target.send(command as never);
                })
            : Reflect.get(target, name, target),
      });
    return {
      table: { ...this.table, client: counted(this.table.client) },
      secrets: counted(this.secrets),
      users: postgresUsers,
      open: async ({ host, port, database }, { username, password, database: own }) => {
        const connection = await this.death.pass(() => {
          this.logins += 1;
          return openPostgres({
            ...{
              host,
              port,
              username,
              password,
              database: own ?? database.database,
              tls: database.tls ?? {},
            },
            ...{ applicationName: "test", connectTimeoutMs: 2_000, statementTimeoutMs: 4_000 },
          });
        });
        const query = connection.query.bind(connection) as (...words: unknown[]) => Promise<unknown>;
        return Object.assign(connection, {
          query: (...words: unknown[]) => this.death.pass(() => query(...words)),
        });
      },
      random: randomBytes,
      clock: () => new Date(),
    };
  }

  /** A run as Secrets Manager begins it: a version that is pending and has no value. */
  async begin(secret: string): Promise<string> {
    const ClientRequestToken = randomUUID();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.secrets.send(
          new RotateSecretCommand({
            SecretId: secret,
            ClientRequestToken,
            RotationLambdaARN: this.doNothing,
          }),
        );
        return ClientRequestToken;
      } catch (error) {
        // The function that does nothing may not be through with the run before.
        if (attempt === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** One rotation of a test. */
export class Given {
  readonly secret: string;
  readonly id: string;
  private readonly world: RotationWorld;
  private readonly step: RotationStep<PostgresConnection>;

  constructor(world: RotationWorld, secret: string, id: string, step: RotationStep<PostgresConnection>) {
    this.world = world;
    this.secret = secret;
    this.id = id;
    this.step = step;
  }

  async current(): Promise<UserLogin & { text: string; versionId: string }> {
    const found = await this.world.secrets.send(new GetSecretValueCommand({ SecretId: this.secret }));
    const text = `${found.SecretString}`;
    return { ...(JSON.parse(text) as UserLogin), text, versionId: `${found.VersionId}` };
  }

  async pending(run: string): Promise<string> {
    const wish = { SecretId: this.secret, VersionId: run, VersionStage: "AWSPENDING" };
    return `${(await this.world.secrets.send(new GetSecretValueCommand(wish))).SecretString}`;
  }

  async putPending(run: string, text: string): Promise<void> {
    const wish = { SecretId: this.secret, SecretString: text, VersionStages: ["AWSPENDING"] };
    await this.world.secrets.send(new PutSecretValueCommand({ ...wish, ClientRequestToken: run }));
  }

  async putCurrent(text: string): Promise<void> {
    await this.world.secrets.send(new PutSecretValueCommand({ SecretId: this.secret, SecretString: text }));
  }

  begin(): Promise<string> {
    return this.world.begin(this.secret);
  }

  async do(run: string, ...names: (typeof stepNames)[number][]): Promise<void> {
    for (const Step of names.length > 0 ? names : stepNames) {
      await runRotationStep(this.step, { SecretId: this.secret, ClientRequestToken: run, Step });
    }
  }

  /** A whole run, from beginning to end. */
  async rotate(): Promise<string> {
    const run = await this.begin();
    await this.do(run);
    return run;
  }

  /**
   * A run that dies at the n-th call. @returns whether it came so far; afterwards nothing is remembered, as in a new
   * process.
   */
  async die(run: string, at: number, when: "before" | "after"): Promise<boolean> {
    // That even the failure cannot be noted is part of the death.
    const silenced = vi.spyOn(console, "error").mockImplementation(() => {});
    this.world.death.set(at, when);
    const died = await this.do(run).then(
      () => false,
      () => true,
    );
    this.world.death.set(Number.POSITIVE_INFINITY, "before");
    silenced.mockRestore();
    delete this.step.newest;
    return died;
  }

  /** What somebody does who gives a stuck run up. */
  async cancel(run: string): Promise<void> {
    const wish = { SecretId: this.secret, VersionStage: "AWSPENDING", RemoveFromVersionId: run };
    await this.world.secrets.send(new UpdateSecretVersionStageCommand(wish));
  }

  async record(): Promise<Rotation> {
    const found = await findRotation(this.world.table, this.secret);
    if (!found) throw new Error("no rotation");
    return found;
  }

  async removeFromConfiguration(): Promise<void> {
    const removedAt = "2026-11-24T09:00:00.000Z";
    await changeRotation(this.world.table, await this.record(), {
      patch: { removedAt },
      events: [],
      at: removedAt,
    });
  }

  async events(): Promise<RotationEvent[]> {
    const { client, name: TableName } = this.world.table;
    const found = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": `event#rotation#${this.id}` },
      }),
    );
    return (found.Items ?? []) as RotationEvent[];
  }
}

async function run(login: object, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(login);
  await client.connect();
  try {
    return [await client.query(sql)].flat().flatMap((it) => it.rows);
  } finally {
    await client.end();
  }
}

/** Secrets Manager begins a run only with a function that it may call; the steps are done by the test. */
async function functionThatDoesNothing({ root }: Emulator, folder: string): Promise<string> {
  writeFileSync(join(folder, "index.mjs"), "export const handler = async () => {};");
  const zip = `import zipfile; zipfile.ZipFile("nothing.zip", "w").write("index.mjs")`;
  execFileSync(inCheckout(".local/python/bin/python"), ["-c", zip], { cwd: folder });
  const trust = { Version: "2012-10-17", Statement: [] };
  const { Role: role } = await new IAMClient(root).send(
    new CreateRoleCommand({ RoleName: "nothing", AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const lambda = new LambdaClient(root);
  const { FunctionArn = "" } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "nothing",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: role?.Arn,
      Code: { ZipFile: readFileSync(join(folder, "nothing.zip")) },
    }),
  );
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: "nothing",
      StatementId: "rotate",
      Action: "lambda:InvokeFunction",
      Principal: "secretsmanager.amazonaws.com",
    }),
  );
  return FunctionArn;
}
