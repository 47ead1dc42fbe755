import { execFileSync } from "node:child_process";
import { appendFileSync, closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { freePort } from "../../../local-stack/free-port.ts";
import { giveTo, postgresAccount, runAs } from "../../../local-stack/postgres-account.ts";
import { postgresBinaries } from "../../../local-stack/postgres-binaries.ts";
import type { PostgresServer } from "../../../local-stack/postgres-server.ts";
import { startGuarded } from "../../../local-stack/start-guarded.ts";

export interface StreamingReplica {
  port: number;
  /** The bootstrap superuser, over the Unix socket: for pausing the replay. */
  superuser: ClientConfig;
  stop(): Promise<void>;
}

async function run(login: ClientConfig, sql: string): Promise<void> {
  const client = new Client(login);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A read replica of this server as RDS keeps one: a copy of its data that follows its log. */
export async function startStreamingReplica(
  primary: PostgresServer,
  folder: string,
): Promise<StreamingReplica> {
  const account = postgresAccount();
  const socket = String(primary.superuser.host);
  await run(primary.superuser, "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'of-a-test'");
  appendFileSync(join(folder, "postgres/data/pg_hba.conf"), "local replication all scram-sha-256\n");
  await primary.stop();
  const data = join(folder, "postgres/replica");
  execFileSync("cp", ["-a", join(folder, "postgres/data"), data]);
  await primary.start();
  const conninfo = `host=${socket} port=${primary.port} user=replicator password=of-a-test`;
  appendFileSync(join(data, "postgresql.conf"), `primary_conninfo = '${conninfo}'\n`);
  writeFileSync(join(data, "standby.signal"), "");
  giveTo(account, join(data, "standby.signal"));

  const port = await freePort();
  const binaries = postgresBinaries();
  const { prefix, ...identity } = runAs(account, [binaries.postgres, data]);
  const log = openSync(join(folder, "replica.log"), "a");
  const server = startGuarded({
    command: [...prefix, binaries.postgres, "-D", data, "-p", String(port), "-k", socket],
    stopSignal: "INT",
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    cwd: join(folder, "postgres"),
    log,
    ...identity,
  });
  closeSync(log);
  const superuser = { ...primary.superuser, port };
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    if (
      await run(superuser, "SELECT 1").then(
        () => true,
        () => false,
      )
    )
      break;
  }
  return { port, superuser, stop: () => server.stop() };
}
