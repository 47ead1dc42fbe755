/** An empty table of the emulator's DynamoDB for one test file, with dblease's keys. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, paginateScan } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll } from "vitest";
import type { AwsAccess } from "../../local-stack/aws-access.ts";
import { type Emulator, startEmulator } from "../../local-stack/start-emulator.ts";
import type { Table } from "../../src/store/table.ts";
import { makeGrantsTable } from "../lifecycle/grants-table.ts";

export class GivenTable {
  private readonly folder = mkdtempSync(join(tmpdir(), "dblease-audit-"));
  private emulator: Emulator | undefined;
  private opened: Table | undefined;

  constructor() {
    beforeAll(() => this.start());
    afterAll(() => this.stop());
  }

  get table(): Table {
    if (!this.opened) throw new Error("the table is there from the first test on");
    return this.opened;
  }

  /** The root of the account, for other services of the emulator. */
  get root(): AwsAccess {
    if (!this.emulator) throw new Error("the emulator is there from the first test on");
    return this.emulator.root;
  }

  /** Everything that it holds. */
  async items(): Promise<Record<string, unknown>[]> {
    const { client, name } = this.table;
    const found: Record<string, unknown>[] = [];
    for await (const page of paginateScan({ client }, { TableName: name })) found.push(...(page.Items ?? []));
    return found;
  }

  private async start(): Promise<void> {
    const caFile = join(this.folder, "ca.pem");
    writeFileSync(caFile, "");
    this.emulator = await startEmulator({ folder: join(this.folder, "emulator"), caFile });
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(this.emulator.root), {
      marshallOptions: { removeUndefinedValues: true },
    });
    this.opened = await makeGrantsTable(client);
  }

  private async stop(): Promise<void> {
    await this.emulator?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
