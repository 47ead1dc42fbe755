import { randomBytes } from "node:crypto";
import type { SqlserverConnection } from "../../../src/connect/sqlserver.ts";
import { sqlserverDoor } from "../../../src/connect/sqlserver-door.ts";
import { numberOf, rootCode } from "../../../src/connect/sqlserver-errors.ts";
import { literal } from "../../../src/engines/sqlserver/quote.ts";
import { sqlserver } from "../../../src/engines/sqlserver.ts";
import { sqlserverHash } from "../../../src/verifiers/sqlserver-hash.ts";
import type { Harness, Session, Stage } from "../conformance/harness.ts";
import { accounts, openSession, run, type SqlserverAddress } from "./sqlserver-session.ts";
import { sqlserverWords } from "./sqlserver-words.ts";

/** A server of this kind: the stub, or the vendor's own in a container. */
export interface SqlserverBackend extends SqlserverAddress {
  /** Who may do everything, and is never dblease. */
  root: { user: string; password: string };
  /** Batches with a CREATE LOGIN of this name wait until `release`. */
  hold(username: string): Promise<{ waits(): Promise<boolean>; release(): Promise<void> }>;
  /** Absent: clients come from this machine. */
  clientAddress?: unknown;
  stop(): Promise<void>;
}

export interface SqlserverStage extends Stage<SqlserverConnection> {
  at: SqlserverAddress;
}

export interface SqlserverHarness<Backend extends SqlserverBackend = SqlserverBackend>
  extends Harness<SqlserverConnection> {
  stage(): Promise<SqlserverStage>;
  backend(): Backend;
  /** A session of this account that acts as another login. */
  poseAs(stage: SqlserverStage, account: { user: string; password: string }, as: string): Promise<Session>;
  /** An Agent job that runs as this login. */
  makeJob(stage: SqlserverStage, name: string, owner: string): Promise<void>;
}

/** As RDS's master has them ("Microsoft SQL Server: master user account privileges"). */
export const masterPermissions = [
  "ALTER ANY LOGIN",
  "ALTER ANY CONNECTION",
  "ALTER ANY SERVER ROLE",
  "VIEW SERVER STATE",
  "VIEW ANY DEFINITION",
  "VIEW ANY DATABASE",
  "CREATE ANY DATABASE",
  "CONNECT SQL",
];

const database = "shop";

export function sqlserverHarness<Backend extends SqlserverBackend>(
  engine: string,
  startServer: () => Promise<Backend>,
): SqlserverHarness<Backend> {
  let server: Backend;
  let stages = 0;
  const master = { user: "master_user", password: "Master-password-1" };
  const root = (sql: string, where = "master") => run(server, { ...server.root, database: where }, sql);

  async function makeMaster(user: string, password: string): Promise<void> {
    await root(`CREATE LOGIN [${user}] WITH PASSWORD = N'${password}', CHECK_POLICY = OFF`);
    for (const it of masterPermissions) await root(`GRANT ${it} TO [${user}] WITH GRANT OPTION`);
    await root(`CREATE USER [${user}] FOR LOGIN [${user}]`, database);
    await root(`ALTER ROLE [db_owner] ADD MEMBER [${user}]`, database);
    await root(`CREATE USER [${user}] FOR LOGIN [${user}]`, "msdb");
    await root(`GRANT SELECT ON OBJECT::[dbo].[sysjobs] TO [${user}]`, "msdb");
    await root(`ALTER ROLE [SQLAgentOperatorRole] ADD MEMBER [${user}]`, "msdb");
  }

  return {
    engine,
    adapter: sqlserver,
    backend: () => server,
    lacks: {
      ownership: "what a schema's owner and a module's user are is told in the stories of this engine",
      "prepared transactions": "a transaction ends with its session",
      "transactional accounts": "told on the vendor's server alone: the stub has no locks",
      "immediate privileges": "told on the vendor's server alone: the stub asks for every statement",
      "search path": "system procedures are called with their schema, and the admin stands in master",
      "owned roles": "every admin with ALTER ANY LOGIN may change every login",
      "no set role": "a role is active from the login on; there is nothing more to become",
      "column inserts": "INSERT is given on whole tables",
    },
    verifier: (password) => sqlserverHash(password, randomBytes(4)),
    badVerifiers: (good) => [
      good.slice(0, -1),
      `${good}A`,
      good.toLowerCase(),
      good.replace("0x0200", "0x0100"),
      good.replace(/.$/, "'"),
      "0x",
    ],
    kindOf,
    memberOf: (groupRole) => [groupRole],
    storedInstant: (at) => at,
    planEnds: /DROP LOGIN/,
    clinging: {
      "an open transaction": async (session, orders) => {
        await session.query("BEGIN TRANSACTION");
        await session.query(`SELECT * FROM ${orders}`);
      },
      "a statement that sleeps": async (session) => {
        session.query("WAITFOR DELAY '00:10:00'").catch(() => {});
      },
    },
    async meddle(session, password) {
      const [me] = await session.query("SELECT ORIGINAL_LOGIN() AS me");
      await session.query(
        `ALTER LOGIN [${me?.me}] WITH PASSWORD = N'${password}' OLD_PASSWORD = N'${password}'`,
      );
      await session.query("WAITFOR DELAY '00:01:00'");
    },
    async callItself(session, name) {
      const account = accounts.get(session);
      if (account) await openSession(server, { ...account, application: name });
    },
    async poseAs(stage, account, as) {
      await stage.root(`GRANT IMPERSONATE ON LOGIN::[${as}] TO [${account.user}]`);
      const session = await openSession(server, account);
      await session.query(`EXECUTE AS LOGIN = N'${as}'`);
      return session;
    },
    async makeJob(stage, name, owner) {
      await stage.root(
        `EXEC msdb.dbo.sp_add_job @job_name = ${literal(name)}, @owner_login_name = ${literal(owner)}`,
      );
    },
    get clientAddress() {
      return server.clientAddress;
    },
    weaknesses: [],
    canName: (name) => !name.endsWith(" "),
    async start() {
      server = await startServer();
      await root(`CREATE DATABASE [${database}]`);
      await makeMaster(master.user, master.password);
    },
    stop: () => server.stop(),
    async stage() {
      stages += 1;
      const schema = `app_${stages}`;
      await root(`CREATE SCHEMA [${schema}]`, database);
      await root(
        `CREATE TABLE [${schema}].[orders] (id int IDENTITY(1,1) PRIMARY KEY, customer nvarchar(20))`,
        database,
      );
      await root(`INSERT INTO [${schema}].[orders] (customer) VALUES (N'ada'), (N'bob'), (N'cyd')`, database);
      const reader = {
        name: `dbl_shop_${stages}__read`,
        scopes: [{ schemas: [schema], privileges: ["select" as const] }],
      };
      const door = (grantId?: string, as = master.user) =>
        sqlserverDoor({
          members: [{ id: "writer", host: server.host, port: server.port }],
          database,
          credentials: { username: as, password: master.password },
          tls: { ca: server.ca },
          connectTimeoutMs: 10_000,
          statementTimeoutMs: 20_000,
          ...(grantId === undefined ? {} : { grantId }),
        });
      await sqlserver.prepare(door(), [reader]);
      return {
        at: server,
        database,
        schema,
        orders: `${schema}.orders`,
        common: "master",
        reader,
        door,
        adminSession: () => openSession(server, { ...master, database }),
        admin: (sql, where = database) => run(server, { ...master, database: where }, sql),
        root,
        login: (user, password, where) =>
          openSession(server, { user, password, ...(where === undefined ? {} : { database: where }) }),
        hold: (username) => server.hold(username),
        ...sqlserverWords({ database, schema, reader: reader.name, master, makeMaster, root }),
      };
    },
  };
}

/** 4060, 4064: the database is closed to the login. */
function kindOf(error: unknown): "denied" | "no login" | undefined {
  const number = numberOf(error);
  if (rootCode(error) === "ELOGIN" || [18_456, 18_470, 4060, 4064].includes(number)) return "no login";
  return [229, 230, 262, 916, 15_151, 15_247].includes(number) ? "denied" : undefined;
}
