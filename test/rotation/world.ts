/**
 * Rotations on a real server, with the emulator's Secrets Manager and table: dblease's own steps run in this
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
import { inCheckout } from "../../local-stack/in-checkout.ts";
import { type Emulator, startEmulator } from "../../local-stack/start-emulator.ts";
import type { Rotation, RotationEvent, Strategy } from "../../src/rotation.ts";
import { changeRotation, findRotation } from "../../src/store/rotations.ts";
import type { Table } from "../../src/store/table.ts";
import type { Site, Steps, UserLogin } from "./sites.ts";

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

export class RotationWorld<Client = unknown> {
  readonly death = new Death();
  readonly secrets: SecretsManagerClient;
  /** Milliseconds that each call to an API takes longer, as over a network. */
  latencyMs = 0;
  /** Calls to Secrets Manager and to the table, and logins, since the last look. */
  calls: string[] = [];
  logins = 0;

  readonly site: Site<Client>;
  readonly table: Table;
  private readonly emulator: Emulator;
  readonly folder: string;
  private readonly doNothing: string;

  private constructor(
    parts: { site: Site<Client>; emulator: Emulator; table: Table },
    folder: string,
    doNothing: string,
  ) {
    this.site = parts.site;
    this.emulator = parts.emulator;
    this.table = parts.table;
    this.folder = folder;
    this.doNothing = doNothing;
    this.secrets = new SecretsManagerClient(parts.emulator.root);
  }

  static async start<Client>(
    startSite: (folder: string) => Promise<Site<Client>>,
  ): Promise<RotationWorld<Client>> {
    const folder = mkdtempSync(join(tmpdir(), "dblease-rotation-"));
    const site = await startSite(join(folder, "server"));
    const emulator = await startEmulator({ folder: join(folder, "emulator"), caFile: site.caFile });
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
    return new RotationWorld({ site, emulator, table: { client, name: "rotations" } }, folder, doNothing);
  }

  async stop(): Promise<void> {
    await Promise.all([this.site.stop(), this.emulator.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether the server lets this login in. */
  async works(login: UserLogin): Promise<boolean> {
    try {
      await this.site.close(await this.site.connect(login));
      return true;
    } catch {
      return false;
    }
  }

  /** A user made by the master, its secret as AWS's functions keep it, and the rotation in the table. */
  async given(strategy: Strategy = "single-user", more: Record<string, unknown> = {}): Promise<Given> {
    const username = `app_${randomBytes(5).toString("hex")}`;
    const password = randomBytes(18).toString("base64url");
    await this.site.makeUser(username, password);
    const { engine, host, port } = this.site;
    const value = { engine, host, port, username, password, ...more };
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
        SecretString: JSON.stringify(this.site.admin),
      }),
    );
    const { engine, host, port, ca, database } = this.site;
    const rotation: Rotation = {
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
      database: { id: "db", engine, host, port, database, adminSecret, tls: { ca } },
    };
    await changeRotation(this.table, rotation, { patch: {}, events: [], at: "" });
    return new Given(this, secret, id, this.steps());
  }

  /** Everything that leaves the process passes by Death, and is counted. */
  private steps(): Steps {
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
    return this.site.steps({
      table: { ...this.table, client: counted(this.table.client) },
      secrets: counted(this.secrets),
      login: async (open) => {
        const connection = await this.death.pass(() => {
          this.logins += 1;
          return open();
        });
        const query = connection.query.bind(connection);
        return Object.assign(connection, {
          query: (...words: never[]) => this.death.pass(() => query(...words)),
        });
      },
    });
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
  private readonly steps: Steps;

  constructor(world: RotationWorld, secret: string, id: string, steps: Steps) {
    this.world = world;
    this.secret = secret;
    this.id = id;
    this.steps = steps;
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

  async do(run: string, ...names: ((typeof stepNames)[number] | "endGrace")[]): Promise<void> {
    for (const Step of names.length > 0 ? names : stepNames) {
      await this.steps.run({ SecretId: this.secret, ClientRequestToken: run, Step });
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
  async die(
    run: string,
    at: number,
    when: "before" | "after",
    ...names: Parameters<Given["do"]>[1][]
  ): Promise<boolean> {
    // That even the failure cannot be noted is part of the death.
    const { error } = console;
    console.error = () => {};
    this.world.death.set(at, when);
    const died = await this.do(run, ...names).then(
      () => false,
      () => true,
    );
    this.world.death.set(Number.POSITIVE_INFINITY, "before");
    console.error = error;
    this.steps.forget();
    return died;
  }

  /** What somebody does who gives a stuck run up. */
  async cancel(run: string): Promise<void> {
    const wish = { SecretId: this.secret, VersionStage: "AWSPENDING", RemoveFromVersionId: run };
    await this.world.secrets.send(new UpdateSecretVersionStageCommand(wish));
  }

  /** Ends a run that has died: by a retry, or cancelled and by a new one. */
  async recover(run: string, how: "retried" | "cancelled"): Promise<void> {
    if (how === "retried") return this.do(run);
    if ((await this.current()).versionId !== run) await this.cancel(run);
    await this.rotate();
  }

  async record(): Promise<Rotation> {
    const found = await findRotation(this.world.table, this.secret);
    if (!found) throw new Error("no rotation");
    return found;
  }

  /** Changes what the table knows, as a deploy would. */
  async configure(patch: Partial<Rotation>): Promise<void> {
    await changeRotation(this.world.table, await this.record(), { patch, events: [], at: "" });
  }

  /** Another admin for the rotation's database. */
  async administeredBy(login: UserLogin): Promise<void> {
    const wish = { Name: `${this.id}-other-admin`, SecretString: JSON.stringify(login) };
    const { ARN: adminSecret = "" } = await this.world.secrets.send(new CreateSecretCommand(wish));
    await this.configure({ database: { ...(await this.record()).database, adminSecret } });
  }

  async removeFromConfiguration(): Promise<void> {
    await this.configure({ removedAt: "2026-11-24T09:00:00.000Z" });
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
