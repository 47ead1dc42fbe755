/**
 * The workflow's own functions for grants on Oracle: a real table, played Step Functions, and the played Oracle behind the
 * adapter. Oracle's protocol cannot be played, so the connection is handed in where a function would open one.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { RDSClient } from "@aws-sdk/client-rds";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Call } from "../../src/api/api.ts";
import { extend } from "../../src/api/extend-grant.ts";
import { replaceVerifier } from "../../src/api/replace-verifier.ts";
import { requestAccess } from "../../src/api/request-access.ts";
import { revoke } from "../../src/api/revoke-grant.ts";
import { readConfig } from "../../src/config.ts";
import type { OracleConnection } from "../../src/connect/oracle.ts";
import { oracle } from "../../src/engines/oracle.ts";
import type { Grant } from "../../src/grant.ts";
import { groupRolesOf } from "../../src/group-role.ts";
import { writeConfig } from "../../src/store/configs.ts";
import { readGrant } from "../../src/store/find-grants.ts";
import type { Table } from "../../src/store/table.ts";
import { readVerifier } from "../../src/store/verifiers.ts";
import { password as makePassword } from "../../src/verifiers/password.ts";
import { beginGrant } from "../../src/workflow/begin-grant.ts";
import { beginRevoke } from "../../src/workflow/begin-revoke.ts";
import { type DatabaseStep, runGrant } from "../../src/workflow/run-grant.ts";
import { runRevoke } from "../../src/workflow/run-revoke.ts";
import { playedDoor } from "../engines/harness/oracle-played.ts";
import { PlayedOracle } from "../engines/played-oracle/played-oracle.ts";
import { makeTable } from "../engines/played-oracle/user-sql.ts";
import { makeGrantsTable } from "./grants-table.ts";
import { PlayedWorkflows } from "./played-workflows.ts";

const config = readConfig(
  `
persons: { rita: [AIDARITA] }
roles: { reader: [{ schemas: [SHOP], privileges: [select] }] }
databases:
  billing: { engine: oracle, host: oracle.example, port: 2484, database: ORCLPDB, adminSecret: env:A, passwordsOverApi: true, roles: [reader] }
  ledger: { engine: oracle, host: oracle.example, port: 2484, database: ORCLPDB, adminSecret: env:A, roles: [reader] }
rules:
  - { id: read, who: [rita], databases: [billing, ledger], roles: [reader], limits: { max: 1h, open: 10, extensions: 3 } }
`,
  "oracle.yaml",
);

export class OracleWorld {
  readonly server = new PlayedOracle();
  private readonly executions = new PlayedWorkflows();
  private readonly rita: Call = {
    person: { id: "person/rita", name: "rita", mayApprove: true },
    stored: { version: 1, config },
  };
  private readonly table: Table;
  private holders = 0;
  private lateBy = 0;
  private readonly clock = () => new Date(Date.now() + this.lateBy);

  private constructor(table: Table) {
    this.table = table;
  }

  static async make(client: DynamoDBDocumentClient): Promise<OracleWorld> {
    const table = await makeGrantsTable(client);
    await writeConfig(table, config, 0);
    const world = new OracleWorld(table);
    world.server.makeUser("SHOP", "secret");
    makeTable(world.server.dictionary, "SHOP", "ORDERS", "(id)");
    await oracle.prepare(playedDoor(world.server), groupRolesOf("billing", ["reader"], config.roles));
    return world;
  }

  private get api() {
    const { workflows } = this.executions;
    // Nobody here has an IAM principal, and the host stands in the configuration: neither is ever asked.
    const [iam, rds] = [{} as IAMClient, {} as RDSClient];
    const personPolicies = { client: {} as LambdaClient, name: undefined };
    return { table: this.table, workflows, iam, rds, personPolicies, clock: this.clock, random: randomBytes };
  }

  private get step(): DatabaseStep<OracleConnection> {
    return {
      table: this.table,
      engine: oracle,
      door: async (grant) => playedDoor(this.server, grant.id),
      installation: "test",
      secrets: {} as SecretsManagerClient,
      random: randomBytes,
      clock: this.clock,
    };
  }

  async request(database: string): Promise<{ id: string; username: string; password: string }> {
    const password = makePassword(randomBytes);
    const wish = {
      database,
      role: "reader",
      durationSeconds: 600,
      reason: "why",
      breakGlass: false,
      dryRun: false,
    };
    await requestAccess(this.api, this.rita, { ...wish, verifier: password }, randomUUID());
    const id = [...this.executions.running.values()].at(-1)?.grantId ?? "";
    return { id, username: (await this.read(id)).username, password };
  }

  async begin(id: string): Promise<void> {
    await beginGrant(this.api, id);
    await runGrant(this.step, id);
  }

  async extend(id: string): Promise<void> {
    await extend(this.api, this.rita, id, 600);
    await runGrant(this.step, id);
  }

  async newPassword(id: string): Promise<string> {
    const password = makePassword(randomBytes);
    await replaceVerifier(this.api, this.rita, id, password);
    await runGrant(this.step, id);
    return password;
  }

  /** As the revoke's workflow does: begin, then run. */
  async revoke(id: string): Promise<Grant> {
    const holder = `revoke-${this.holders++}`;
    const { status } = await this.read(id);
    if (status === "active" || status === "quarantined") await revoke(this.api, this.rita, id, undefined);
    await beginRevoke(this.api, id, holder);
    await runRevoke(this.step, id, holder);
    return this.read(id);
  }

  /** The functions' clock goes on; the server's does not. */
  later(seconds: number): void {
    this.lateBy += seconds * 1000;
  }

  read(id: string): Promise<Grant> {
    return readGrant(this.table, id);
  }

  /** What the table has where a verifier stands. */
  async storedVerifier(id: string): Promise<string> {
    return (await readVerifier(this.table, id)).verifier;
  }

  async mayLogIn(username: string, password: string): Promise<boolean> {
    const session = await this.server.login(username, password).catch(() => undefined);
    if (session) this.server.close(session);
    return session !== undefined;
  }
}
