/** A real server of each engine for tests of rotation, with what dblease's steps need to reach it. */
import { randomBytes } from "node:crypto";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createConnection, type Connection as MysqlClient } from "mysql2/promise";
import { Client } from "pg";
import { startMariadbServer } from "../../local-stack/mariadb-server.ts";
import type { MysqlFamilyServer } from "../../local-stack/mysql-family-server.ts";
import { startMysqlServer } from "../../local-stack/mysql-server.ts";
import { startPostgresServer } from "../../local-stack/postgres-server.ts";
import type { ApplicationUsers } from "../../src/engines/application-users.ts";
import { mariadbUsers, mysqlUsers } from "../../src/engines/mysql-users.ts";
import { postgresUsers } from "../../src/engines/postgres-users.ts";
import type { RotationStep } from "../../src/rotation/rotation-step.ts";
import { runRotationStep } from "../../src/rotation/run-rotation-step.ts";
import type { Table } from "../../src/store/table.ts";
import { rotationLogins } from "../../src/workflow/database-rotation.ts";
import type { EngineParts } from "../../src/workflow/database-step.ts";
import { mariadbParts, mysqlParts } from "../../src/workflow/mysql-parts.ts";
import { postgresParts } from "../../src/workflow/postgres-parts.ts";

export interface UserLogin {
  username: string;
  password: string;
}

/** The steps as Secrets Manager would call them; `forget`: a new process. */
export interface Steps {
  run(event: object): Promise<void>;
  forget(): void;
}

interface Queried {
  query: (...words: never[]) => Promise<unknown>;
}

export interface StepNeeds {
  table: Table;
  secrets: SecretsManagerClient;
  /** Around each login of the steps. */
  login: <C extends Queried>(open: () => Promise<C>) => Promise<C>;
}

export interface Site<Session = unknown> {
  engine: "postgres" | "mysql" | "mariadb" | "oracle";
  host: string;
  port: number;
  database: string;
  admin: UserLogin;
  ca: string;
  caFile: string;
  logFile: string;
  steps(needs: StepNeeds): Steps;
  /** A user made by the RDS-like master. */
  makeUser(username: string, password: string): Promise<void>;
  /** What somebody does who asks nobody. */
  setPassword(username: string, password: string): Promise<void>;
  connect(login: UserLogin): Promise<Session>;
  close(session: Session): Promise<void>;
  /** Statements of the server's owner, and of the master. */
  root(sql: string): Promise<Record<string, unknown>[]>;
  asAdmin(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export function stepsOf<C extends Queried>(
  parts: EngineParts<C>,
  users: ApplicationUsers<C>,
  { table, secrets, login }: StepNeeds,
): Steps {
  const { open, openAdmin } = rotationLogins(parts, secrets);
  const step: RotationStep<C> = {
    ...{ table, secrets, users },
    open: (rotation, as) => login(() => open(rotation, as)),
    openAdmin: (rotation) => login(() => openAdmin(rotation)),
    random: randomBytes,
    clock: () => new Date(),
  };
  return {
    run: (event) => runRotationStep(step, event),
    forget: () => {
      delete step.newest;
    },
  };
}

export async function postgresSite(folder: string): Promise<Site<Client>> {
  const server = await startPostgresServer({ folder });
  const { host, port, ca, caFile, logFile } = server;
  const connect = async (login: object) => {
    const client = new Client({ database: "postgres", ...login });
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const as = async (login: object, sql: string) => {
    const client = await connect(login);
    try {
      return [await client.query(sql)].flat().flatMap((it) => it.rows);
    } finally {
      await client.end();
    }
  };
  const tcp = ({ username: user, password }: UserLogin) => ({ host, port, user, password, ssl: { ca } });
  const admin = { username: server.adminUsername, password: server.adminPassword };
  return {
    ...{ engine: "postgres", database: "postgres", host, port, ca, caFile, logFile, admin },
    steps: (needs) => stepsOf(postgresParts, postgresUsers, needs),
    async makeUser(username, password) {
      await as(tcp(admin), `CREATE ROLE ${username} LOGIN PASSWORD '${password}'`);
    },
    async setPassword(username, password) {
      await as(server.superuser, `ALTER ROLE ${username} PASSWORD '${password}'`);
    },
    connect: (login) => connect(tcp(login)),
    close: (client) => client.end(),
    root: (sql) => as(server.superuser, sql),
    asAdmin: (sql) => as(tcp(admin), sql),
    stop: () => server.stop(),
  };
}

async function mysqlFamilySite(
  engine: "mysql" | "mariadb",
  server: MysqlFamilyServer,
): Promise<Site<MysqlClient>> {
  const { host, port, ca, caFile, logFile } = server;
  const as = async (login: object, sql: string) => {
    const client = await createConnection({ ...login, multipleStatements: true });
    try {
      const [rows] = await client.query(sql);
      return rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const tcp = ({ username: user, password }: UserLogin) => ({ host, port, user, password, ssl: { ca } });
  const admin = { username: server.adminUsername, password: server.adminPassword };
  const [parts, users] = engine === "mysql" ? [mysqlParts, mysqlUsers] : [mariadbParts, mariadbUsers];
  return {
    ...{ engine, database: "shop", host, port, ca, caFile, logFile, admin },
    steps: (needs) => stepsOf(parts, users, needs),
    async makeUser(username, password) {
      await as(tcp(admin), `CREATE USER '${username}'@'%' IDENTIFIED BY '${password}'`);
    },
    async setPassword(username, password) {
      await as(tcp(admin), `ALTER USER '${username}'@'%' IDENTIFIED BY '${password}'`);
    },
    connect: (login) => createConnection(tcp(login)),
    close: (client) => client.end(),
    root: (sql) => as(server.superuser, sql),
    asAdmin: (sql) => as(tcp(admin), sql),
    stop: () => server.stop(),
  };
}

export const mysqlSite = async (folder: string) =>
  mysqlFamilySite("mysql", await startMysqlServer({ folder }));
export const mariadbSite = async (folder: string) =>
  mysqlFamilySite("mariadb", await startMariadbServer({ folder }));
