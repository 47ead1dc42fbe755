/** MySQL and MariaDB as they are deployed: Secrets Manager rotates by the schedule, and no login is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mariadbMissing } from "../../local-stack/mariadb-server.ts";
import { mysqlMissing } from "../../local-stack/mysql-server.ts";
import { findRotations } from "../../src/store/rotations.ts";
import { mariadbSite, mysqlSite, type Site } from "../rotation/sites.ts";
import { GivenStack } from "./given-stack.ts";

const starts = [
  ...(mariadbMissing === undefined ? [mariadbSite] : []),
  ...(mysqlMissing === undefined ? [mysqlSite] : []),
];
const folder = mkdtempSync(join(tmpdir(), "dblease-engines-"));
const configFile = join(folder, "dblease.yaml");
const sites: Site[] = [];

beforeAll(async () => {
  for (const start of starts) sites.push((await start(join(folder, start.name))) as Site);
  const databases: Record<string, object> = {};
  const rotations: Record<string, object> = {};
  for (const { engine, host, port, database, caFile, admin, makeUser } of sites) {
    const [adminName, appName] = [`${engine}_ADMIN`.toUpperCase(), `${engine}_APP`.toUpperCase()];
    const login = { username: "shop_app", password: "of-the-test" };
    await makeUser(login.username, login.password);
    process.env[adminName] = JSON.stringify(admin);
    process.env[appName] = JSON.stringify({ engine, host, port, ...login });
    databases[engine] = {
      ...{ engine, host, port, database, roles: ["reader"] },
      ...{ adminSecret: `env:${adminName}`, tls: { ca: caFile } },
    };
    rotations[engine] = {
      ...{ database: engine, secret: `env:${appName}`, user: login.username, schedule: "rate(30 days)" },
    };
  }
  const roles = { reader: [{ schemas: ["shop"], privileges: ["select"] }] };
  const rules = [{ id: "read", who: ["*"], databases: ["*"], roles: ["*"] }];
  // JSON is YAML.
  writeFileSync(configFile, JSON.stringify({ roles, databases, rotations, rules }));
});
const given = new GivenStack(configFile);
afterAll(async () => {
  for (const site of sites) await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function current(engine: string) {
  const secrets = new SecretsManagerClient(given.root);
  const found = await secrets.send(new GetSecretValueCommand({ SecretId: `dblease/${engine}/application` }));
  return { ...JSON.parse(`${found.SecretString}`), versionId: `${found.VersionId}` };
}

test.skipIf(starts.length === 0)(
  "three runs by the schedule, while an application logs in all the time",
  async () => {
    const secrets = new SecretsManagerClient(given.root);
    for (const site of sites) {
      const SecretId = `dblease/${site.engine}/application`;
      // AWS's shortest rate is four hours; the emulator knows seconds as well.
      const rule = (ScheduleExpression: string) =>
        secrets.send(
          new RotateSecretCommand({
            SecretId,
            RotationRules: { ScheduleExpression },
            RotateImmediately: false,
          }),
        );
      await rule("rate(2 seconds)");
      const versions = new Set<string>();
      for (const end = Date.now() + 60_000; versions.size < 4 && Date.now() < end; await sleep(20)) {
        const login = await current(site.engine);
        versions.add(login.versionId);
        await site.close(await site.connect(login));
      }
      await rule("rate(30 days)");
      expect([site.engine, versions.size]).toEqual([site.engine, 4]);
    }
    const statuses = (await findRotations(given.table)).map((it) => it.failures ?? 0);
    expect(statuses).toEqual(sites.map(() => 0));
  },
);
