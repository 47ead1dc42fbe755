import { randomBytes } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientConfig } from "pg";
import { freePort } from "./free-port.ts";
import { openFrontDoor } from "./iam-front-door.ts";
import { initialisePostgres } from "./initialise-postgres.ts";
import { giveTo, postgresAccount } from "./postgres-account.ts";
import { createRdsMaster } from "./rds-master.ts";
import { type GuardedProgram, startGuarded } from "./start-guarded.ts";

export interface PostgresServer {
  host: "localhost";
  port: number;
  /** The RDS-like master: CREATEROLE and CREATEDB, never a superuser. */
  adminUsername: string;
  adminPassword: string;
  caFile: string;
  /** What that file holds. */
  ca: string;
  logFile: string;
  /** How RDS itself would log in, over the Unix socket: for fixtures only. */
  superuser: ClientConfig;
  /** Settles when the server that runs now has ended, asked for or not. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  /** Starts a stopped server again, on the same port with the same data. */
  start(): Promise<void>;
}

/** A new, empty PostgreSQL 18 behind TLS on a loopback port, as RDS hands one over. It ends with this process. */
export async function startPostgresServer(options: {
  folder: string;
  port?: number;
  /** Takes IAM logins as RDS does; answers whether AWS would let this token in. */
  judge?: (username: string, token: string) => Promise<boolean>;
}): Promise<PostgresServer> {
  const folder = resolve(options.folder);
  const [rdsadminPassword, adminPassword] = [randomPassword(), randomPassword()];
  const { judge } = options;
  const { caFile, tls, server } = await initialisePostgres(
    folder,
    rdsadminPassword,
    judge ? "iam" : "password",
  );
  const port = options.port ?? (await freePort());
  const socketFolder = folderForSocket(folder);
  const logFile = join(folder, "postgresql.log");
  const superuser = {
    host: socketFolder,
    port,
    user: "rdsadmin",
    password: rdsadminPassword,
    database: "postgres",
  };
  const command = [...server.command, "-p", String(port), "-k", socketFolder];

  async function start(): Promise<GuardedProgram> {
    const log = openSync(logFile, "a");
    const started = startGuarded({ ...server, command, stopSignal: "INT", log });
    closeSync(log);
    await untilAnswering(started, superuser, logFile);
    return started;
  }

  let running = await start();
  await createRdsMaster(superuser, "master", adminPassword);
  const socketPath = join(socketFolder, `.s.PGSQL.${port}`);
  const isIamUser = (username: string) => isMemberOfIam(superuser, username);
  const door = judge && (await openFrontDoor({ ...tls, port, socketPath, isIamUser, judge }));
  return {
    host: "localhost",
    port,
    adminUsername: "master",
    adminPassword,
    caFile,
    ca: readFileSync(caFile, "utf8"),
    logFile,
    superuser,
    get ended() {
      return running.ended;
    },
    async stop() {
      door?.close();
      await running.stop();
    },
    async start() {
      await running.stop();
      running = await start();
    },
  };
}

/** As pg_hba.conf matches `+rds_iam`: also through other roles, whatever their memberships let them inherit. */
async function isMemberOfIam(superuser: ClientConfig, username: string): Promise<boolean> {
  const client = new Client(superuser);
  await client.connect();
  try {
    const { rowCount } = await client.query(
      "SELECT FROM pg_roles WHERE rolname = $1 AND NOT rolsuper AND pg_has_role(oid, 'rds_iam', 'MEMBER')",
      [username],
    );
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

async function untilAnswering(server: GuardedProgram, login: ClientConfig, logFile: string): Promise<void> {
  let gone = false;
  server.ended.then(() => {
    gone = true;
  });
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !gone; await sleep(20)) {
    const client = new Client(login);
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // Not yet.
    }
  }
  await server.stop();
  const lastWords = readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-3).join("\n");
  throw new Error(`PostgreSQL did not start. Next: read ${logFile}, which ends with:\n${lastWords}`);
}

/** A Unix socket's path has about 100 characters at most: a deep checkout needs another place for it. */
function folderForSocket(folder: string): string {
  if (folder.length < 80) return folder;
  const elsewhere = mkdtempSync(join(tmpdir(), "dblease-"));
  giveTo(postgresAccount(), elsewhere);
  return elsewhere;
}

function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
