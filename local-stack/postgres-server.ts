import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Client, type ClientConfig } from "pg";
import type { DatabaseServer } from "./database-server.ts";
import { folderForSocket } from "./folder-for-socket.ts";
import { freePort } from "./free-port.ts";
import { openFrontDoor } from "./iam-front-door.ts";
import { initialisePostgres } from "./initialise-postgres.ts";
import { postgresAccount } from "./postgres-account.ts";
import { randomPassword } from "./random-password.ts";
import { createRdsMaster } from "./rds-master.ts";
import { startRestartableServer } from "./restartable-server.ts";

export type PostgresServer = DatabaseServer<ClientConfig>;

/** A new, empty PostgreSQL 18; its master has CREATEROLE and CREATEDB. It ends with this process. */
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
  const socketFolder = folderForSocket(folder, postgresAccount());
  const logFile = join(folder, "postgresql.log");
  const superuser = {
    host: socketFolder,
    port,
    user: "rdsadmin",
    password: rdsadminPassword,
    database: "postgres",
  };
  const command = [...server.command, "-p", String(port), "-k", socketFolder];
  const running = await startRestartableServer(
    { ...server, command, stopSignal: "INT" },
    { name: "PostgreSQL", logFile, probe: () => logIn(superuser) },
  );
  await createRdsMaster(superuser, "master", adminPassword);
  const socketPath = join(socketFolder, `.s.PGSQL.${port}`);
  const isIamUser = (username: string) => isMemberOfIam(superuser, username);
  const door = judge && (await openFrontDoor({ ...tls, port, socketPath, isIamUser, judge }));
  const { stop } = running;
  return Object.assign(running, {
    host: "localhost" as const,
    port,
    adminUsername: "master",
    adminPassword,
    caFile,
    ca: readFileSync(caFile, "utf8"),
    logFile,
    superuser,
    async stop() {
      door?.close();
      await stop();
    },
  });
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

async function logIn(login: ClientConfig): Promise<void> {
  const client = new Client(login);
  client.on("error", () => {});
  await client.connect();
  await client.end();
}
