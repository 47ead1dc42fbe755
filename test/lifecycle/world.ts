/**
 * dblease's own code for the whole life of grants, on a real table of the emulator's DynamoDB, with a played database,
 * played Step Functions and a clock that the story moves. Functions may be called in any order and any number of
 * times, also when no workflow would: whatever holds then holds for every workflow.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Call } from "../../src/api/api.ts";
import { approve, cancel, deny } from "../../src/api/decide-request.ts";
import { extend } from "../../src/api/extend-grant.ts";
import { replaceVerifier } from "../../src/api/replace-verifier.ts";
import { requestAccess } from "../../src/api/request-access.ts";
import { revoke } from "../../src/api/revoke-grant.ts";
import { readConfig, type StoredConfig } from "../../src/config.ts";
import type { GrantEvent } from "../../src/events.ts";
import type { Grant } from "../../src/grant.ts";
import { writeConfig } from "../../src/store/configs.ts";
import { readGrant } from "../../src/store/find-grants.ts";
import { touchGrant } from "../../src/store/grants.ts";
import type { Table } from "../../src/store/table.ts";
import { readVerifier } from "../../src/store/verifiers.ts";
import { newSecret } from "../../src/verifiers/new-secret.ts";
import { beginGrant } from "../../src/workflow/begin-grant.ts";
import { beginRevoke } from "../../src/workflow/begin-revoke.ts";
import { type DatabaseStep, runGrant } from "../../src/workflow/run-grant.ts";
import { runRevoke } from "../../src/workflow/run-revoke.ts";
import { settle } from "../../src/workflow/settle.ts";
import { startRevoke } from "../../src/workflow/start.ts";
import { sweepOpenGrants } from "../../src/workflow/sweep-open-grants.ts";
import { makeGrantsTable } from "./grants-table.ts";
import { PlayedDatabase } from "./played-database.ts";
import { PlayedWorkflows } from "./played-workflows.ts";

const config = readConfig(
  `
persons: { rita: [AIDARITA], ada: [AIDAADA] }
admins: [ada]
roles: { reader: [{ schemas: [public], privileges: [select] }], writer: [{ schemas: [public], privileges: [update] }] }
databases:
  orders: { engine: postgres, host: db.example, port: 5432, database: orders, adminSecret: env:A, roles: [reader, writer] }
rules:
  - { id: read, who: [rita], databases: [orders], roles: [reader], limits: { max: 1h, open: 100, extensions: 3 } }
  - { id: write, who: [rita], databases: [orders], roles: [writer], limits: { max: 1h, open: 100 }, approval: { anyOf: [ada], within: 10m } }
`,
  "lifecycle.yaml",
);
const stored: StoredConfig = { version: 1, config };
const rita: Call = { person: { id: "person/rita", name: "rita", mayApprove: true }, stored };
const ada: Call = { person: { id: "person/ada", name: "ada", mayApprove: true }, stored };

/** Names of the functions that a workflow, or anybody who repeats it, may call. */
export type Step = "beginGrant" | "runGrant" | "beginRevoke" | "runRevoke" | "settle";
type Called = "done" | "failed" | "waits";
export type Wish = "approve" | "deny" | "cancel" | "extend" | "revoke" | "newVerifier";

/** A client whose every call waits for its turn, and which dies now and then: before it has sent a write, or after it. */
function played(client: DynamoDBDocumentClient, turn: () => Promise<void>, dies: () => World["death"]) {
  return new Proxy(client, {
    get(target, name) {
      if (name !== "send") return Reflect.get(target, name, target);
      return async (command: { constructor: { name: string } }) => {
        await turn();
        const write = /Write|Update|Put/.test(command.constructor.name);
        const when = write ? dies() : undefined;
        if (when === "before") throw new Error("killed");
        const answer = await target.send(command as never);
        if (when === "after") throw new Error("killed");
        return answer;
      };
    },
  });
}

export class World {
  now = Date.parse("2026-11-24T08:00:00.000Z");
  readonly clock = () => new Date(this.now);
  readonly database = new PlayedDatabase(this.clock, () => this.turn());
  readonly executions = new PlayedWorkflows();
  readonly grants: string[] = [];
  /** Before every call to the table or the server: who goes first is decided here. */
  turn: () => Promise<void> = async () => {};
  /** The next write dies like this. */
  death: "before" | "after" | undefined;
  /** Promises that were broken where nobody could hear it. */
  readonly broken: string[] = [];
  private readonly pending: Promise<Called>[] = [];
  private readonly parts: { table: Table; truth: Table };

  private constructor(client: DynamoDBDocumentClient, name: string) {
    const dies = () => {
      const when = this.death;
      this.death = undefined;
      return when;
    };
    const turn = async () => this.turn();
    this.parts = { truth: { client, name }, table: { client: played(client, turn, dies), name } };
  }

  static async make(client: DynamoDBDocumentClient): Promise<World> {
    const { name } = await makeGrantsTable(client);
    await writeConfig({ client, name }, config, 0);
    return new World(client, name);
  }

  private get api() {
    const { workflows } = this.executions;
    // Nobody here has an IAM principal, and the host stands in the configuration: neither is ever asked.
    const iam = {} as IAMClient;
    const rds = {} as RDSClient;
    const personPolicies = { client: {} as LambdaClient, name: undefined };
    return {
      table: this.parts.table,
      workflows,
      iam,
      rds,
      personPolicies,
      clock: this.clock,
      random: randomBytes,
    };
  }

  private step(onHold: () => void): DatabaseStep<PlayedDatabase> {
    return {
      table: this.parts.table,
      engine: this.database.engine,
      door: async () => this.database.door(onHold),
      installation: "test",
      secrets: {} as SecretsManagerClient,
      random: randomBytes,
      clock: this.clock,
    };
  }

  async request(role: string, durationSeconds: number): Promise<void> {
    const { verifier } = newSecret("postgres", randomBytes);
    const body = {
      database: "orders",
      role,
      durationSeconds,
      reason: "why",
      breakGlass: false,
      dryRun: false,
    };
    await requestAccess(this.api, rita, { ...body, verifier }, randomUUID()).catch(() => {});
    // Also of a request whose answer was lost.
    for (const { id } of await this.all()) if (!this.grants.includes(id)) this.grants.push(id);
  }

  async wish(wish: Wish, id: string): Promise<void> {
    const { verifier } = newSecret("postgres", randomBytes);
    const acts: Record<Wish, () => Promise<unknown>> = {
      approve: () => approve(this.api, ada, id, undefined),
      deny: () => deny(this.api, ada, id, undefined),
      cancel: () => cancel(this.api, rita, id),
      extend: () => extend(this.api, rita, id, 600),
      revoke: () => revoke(this.api, rita, id, undefined),
      newVerifier: () => replaceVerifier(this.api, rita, id, verifier),
    };
    await acts[wish]().catch(() => {});
  }

  /** Calls one function, as its workflow would or as nobody should. @param holder no two calls have one. */
  async call(step: Step, id: string, holder = `by-hand-${this.pending.length}-${this.now}`): Promise<Called> {
    let hold = () => {};
    const held = new Promise<"waits">((resolve) => {
      hold = () => resolve("waits");
    });
    const steps: Record<Step, () => Promise<unknown>> = {
      beginGrant: () => beginGrant(this.api, id),
      runGrant: () => runGrant(this.step(hold), id),
      beginRevoke: () => beginRevoke(this.api, id, holder),
      runRevoke: () => runRevoke(this.step(hold), id, holder),
      settle: () => settle(this.api, id, { Error: "X", Cause: "story" }, holder),
    };
    const done = steps[step]().then(
      () => "done" as const,
      (error: Error) => {
        if (error.message.startsWith("two revokers")) this.broken.push(error.message);
        return "failed" as const;
      },
    );
    this.pending.push(done);
    // A workflow does not wait for a function that waits for its server.
    return Promise.race([done, held]);
  }

  /** The slow server catches up. */
  async catchUp(): Promise<void> {
    this.database.goOn();
    await Promise.all(this.pending);
  }

  async sweep(): Promise<void> {
    const lookAgain = async (grant: Grant, holder: string) => {
      await this.call("runRevoke", grant.id, holder);
    };
    const currentServer = async () => ({ server: undefined });
    await sweepOpenGrants({ ...this.api, lookAgain, currentServer }).catch(() => {});
  }

  /** Runs every execution until it waits or ends, as the state machines do. */
  async runExecutions(): Promise<void> {
    for (const execution of [...this.executions.running.values()]) {
      if (execution.machine === "grant") await this.runGrantMachine(execution.grantId);
      else await this.runRevokeMachine(execution.name, execution.grantId);
    }
  }

  private async runGrantMachine(id: string): Promise<void> {
    const { status, expiresAt = "", ...grant } = await readGrant(this.parts.truth, id);
    const due = Date.parse(expiresAt) <= this.now;
    const wait = () =>
      touchGrant(this.parts.truth, id, { wakeToken: id }, { expression: "attribute_exists(pk)" });
    if (status === "requested" && Date.parse(grant.approveBy) > this.now) await wait();
    else if (status === "requested") await this.call("settle", id);
    else if (status === "approved" || status === "granting") {
      if ((await this.call("beginGrant", id)) !== "done") await this.call("settle", id);
      else if ((await this.call("runGrant", id)) === "done") await wait();
      else await this.handOver(id);
    } else if (status === "active" && !due) {
      await this.call("runGrant", id);
      await wait();
    } else await this.handOver(id);
  }

  /** Starting a name that runs already is the execution that runs. */
  private async handOver(id: string): Promise<void> {
    const { revokeNumber } = await readGrant(this.parts.truth, id);
    this.executions.end(id);
    await startRevoke(this.executions.workflows, { id, revokeNumber }).catch(() => false);
  }

  private async runRevokeMachine(name: string, id: string): Promise<void> {
    this.executions.end(name);
    if ((await this.call("beginRevoke", id, name)) !== "done") return;
    // One that waits for its server is waited for; if it dies there, the sweeper goes on.
    if ((await this.call("runRevoke", id, name)) === "failed") await this.call("settle", id, name);
  }

  /** All grants, as the table has them. */
  async all(): Promise<Grant[]> {
    const { client, name } = this.parts.truth;
    const found = await client.send(
      new ScanCommand({
        TableName: name,
        FilterExpression: "sk = :grant",
        ExpressionAttributeValues: { ":grant": "grant" },
        ConsistentRead: true,
      }),
    );
    return (found.Items ?? []) as unknown as Grant[];
  }

  async storedVerifier(id: string): Promise<string> {
    return (await readVerifier(this.parts.truth, id)).verifier;
  }

  async eventsOf(id: string): Promise<GrantEvent[]> {
    const { client, name } = this.parts.truth;
    const found = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": `event#${id}` },
        ConsistentRead: true,
      }),
    );
    return (found.Items ?? []) as unknown as GrantEvent[];
  }
}
