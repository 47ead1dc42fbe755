import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { makeCertificates } from "../../../local-stack/certificates.ts";
import { freePort } from "../../../local-stack/free-port.ts";
import { giveTo, postgresAccount, runAs } from "../../../local-stack/postgres-account.ts";
import type { PostgresServer } from "../../../local-stack/postgres-server.ts";
import { createRdsMaster } from "../../../local-stack/rds-master.ts";
import { startGuarded } from "../../../local-stack/start-guarded.ts";

/** Debian's package, unpacked under .local/ (never installed by us) or there already. */
const places = [
  join(import.meta.dirname, "../../../.local/postgresql-15/usr/lib/postgresql/15/bin"),
  "/usr/lib/postgresql/15/bin",
];

/** Folder of the programs; undefined: this machine has no PostgreSQL 15. */
export const postgres15 = places.find((folder) => existsSync(join(folder, "postgres")));

/** PostgreSQL 15 as local-stack/postgres-server.ts brings up 18: TLS, SCRAM, an RDS-like master, ends with us. */
export async function startPostgres15(folder: string): Promise<PostgresServer> {
  const programs = postgres15 ?? "";
  const data = join(folder, "data");
  const account = postgresAccount();
  const { prefix, ...identity } = runAs(account, [join(programs, "postgres"), data]);
  mkdirSync(folder, { recursive: true });
  giveTo(account, folder);
  const environment = {
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", TZ: "UTC" },
    cwd: folder,
    ...identity,
  };
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  giveTo(account, passwordFile);
  const [program = "", ...words] = [...prefix, join(programs, "initdb")];
  const options = [
    `--pgdata=${data}`,
    "--username=rdsadmin",
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
  ];
  execFileSync(program, [...words, ...options, "--no-sync"], { ...environment, stdio: "ignore" });

  const { caFile, certificateFile, keyFile } = await makeCertificates(join(folder, "tls"));
  for (const [from, name] of [
    [certificateFile, "server.crt"],
    [keyFile, "server.key"],
  ] as const) {
    copyFileSync(from, join(data, name));
    giveTo(account, join(data, name));
  }
  appendFileSync(join(data, "postgresql.conf"), "ssl = on\nfsync = off\nlisten_addresses = '127.0.0.1'\n");
  writeFileSync(
    join(data, "pg_hba.conf"),
    "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
  );

  const port = await freePort();
  const logFile = join(folder, "postgresql.log");
  const superuser = { host: folder, port, user: "rdsadmin", password, database: "postgres" };
  const command = [...prefix, join(programs, "postgres"), "-D", data, "-p", String(port), "-k", folder];
  const start = async () => {
    const log = openSync(logFile, "a");
    const guarded = startGuarded({ ...environment, command, stopSignal: "INT", log });
    closeSync(log);
    for (let attempt = 0; attempt < 500 && !(await answers(superuser)); attempt++) await pause(20);
    return guarded;
  };
  let running = await start();
  await createRdsMaster(superuser, "master", password);
  return {
    host: "localhost",
    port,
    adminUsername: "master",
    adminPassword: password,
    caFile,
    ca: readFileSync(caFile, "utf8"),
    logFile,
    superuser,
    get ended() {
      return running.ended;
    },
    stop: () => running.stop(),
    async start() {
      await running.stop();
      running = await start();
    },
  };
}

async function answers(login: {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}) {
  const client = new Client(login);
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
