import { expect } from "vitest";
import type { OracleConnection } from "../../../src/connect/oracle.ts";
import type { Door } from "../../../src/engines/engine.ts";
import { oracle } from "../../../src/engines/oracle.ts";
import type { Harness, Session, Stage } from "../conformance/harness.ts";
import { oracleWords } from "./oracle-words.ts";

export interface OracleAccount {
  user: string;
  password: string;
}

type Rows = Record<string, unknown>[];

/** A server of this kind: the played one, or the vendor's own in a container. */
export interface OracleBackend<Server> {
  /** For the stories that are told on this kind of server alone. */
  server: Server;
  /** Service name of the pluggable database. */
  service: string;
  /** As dblease goes in. */
  door(as: OracleAccount, grantId?: string): Door<OracleConnection>;
  /** As anybody goes in: nothing of dblease stands in between. */
  login(as: OracleAccount, program: string): Promise<Session>;
  /** As SYS, who is never dblease. */
  root(sql: string): Promise<Rows>;
  /** An admin like RDS's master. */
  makeMaster(as: OracleAccount): Promise<void>;
  hold: Stage<OracleConnection>["hold"];
  /** What changes whenever the privileges of this role are changed. */
  privilegeHistory(role: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface OracleStage<Server = unknown> extends Stage<OracleConnection> {
  server: Server;
}

export interface OracleHarness<Server = unknown> extends Harness<OracleConnection> {
  stage(): Promise<OracleStage<Server>>;
  /** Until `start` it is not there. */
  server(): Server;
}

/** Of everybody in the stories but those of rotation. */
const password = "secret";
const master = { user: "ADMIN", password };

/** `own`: what one kind of server alone can do. */
export function oracleHarness<Server>(
  engine: string,
  startServer: () => Promise<OracleBackend<Server>>,
  own: Pick<Harness<OracleConnection>, "split"> = {},
): OracleHarness<Server> {
  let backend: OracleBackend<Server>;
  let stages = 0;
  const accounts = new WeakMap<Session, OracleAccount>();

  /** Columns in lower case, as the stories have them. */
  const open = async (as: OracleAccount, program = "sqlplus"): Promise<Session> => {
    const session = await backend.login(as, program);
    const opened = { ...session, query: async (sql: string) => inLowerCase(await session.query(sql)) };
    accounts.set(opened, as);
    return opened;
  };
  const root = async (sql: string) => inLowerCase(await backend.root(sql));
  const run = async (as: OracleAccount, sql: string) => {
    const session = await open(as);
    try {
      return await session.query(sql);
    } finally {
      await session.close();
    }
  };

  return {
    engine,
    server: () => backend.server,
    adapter: oracle,
    lacks: {
      ownership: "what a user owns is never moved; told in the stories of this engine",
      "prepared transactions": "they are distributed ones here; told on the played server alone",
      "transactional accounts": "every change of an account commits by itself",
      "search path": "everything is looked up in SYS",
      "owned roles": "every admin with DROP USER may drop every user",
      "no set role": "a role is active from the login on; there is nothing more to become",
      "future tables": "a role opens the tables that are there; the next prepare opens later ones",
      "column select": "Oracle gives SELECT on whole tables only",
      "drop while connected": "Oracle drops nobody who is connected (ORA-01940)",
    },
    verifier: (password) => password,
    badVerifiers: (good) => [
      good.slice(0, -1),
      `${good}A`,
      good.replace(/.$/, '"'),
      good.replace(/^./, "1"),
      "invalid",
    ],
    kindOf,
    memberOf: (groupRole) => [groupRole],
    storedInstant: (at) => at,
    planEnds: /^DROP PROFILE/,
    clinging: {
      nothing: async () => {},
      "a statement that sleeps": async (session) => {
        session.query("BEGIN DBMS_SESSION.SLEEP(600); END;").catch(() => {});
      },
    },
    async meddle(session, password) {
      const [me] = await session.query("SELECT USER AS me FROM DUAL");
      await session.query(`ALTER USER "${me?.me}" IDENTIFIED BY "${password}"`);
    },
    async callItself(session, name) {
      const account = accounts.get(session);
      if (account) await open(account, name);
    },
    deputyCheck: "give:jit_managed",
    endedSession: { connection: expect.stringMatching(/^\d+,\d+$/), application: "sqlplus" },
    weaknesses: [],
    canName: (name) => !/["\0]/.test(name),
    ...own,
    async start() {
      backend = await startServer();
      await backend.makeMaster(master);
    },
    stop: () => backend.stop(),
    async stage() {
      stages += 1;
      const schema = `APP_${stages}`;
      const owner = { user: schema, password };
      await root(`CREATE USER ${schema} IDENTIFIED BY "${password}" QUOTA UNLIMITED ON users`);
      await root(`GRANT CREATE SESSION, CREATE TABLE TO ${schema}`);
      await run(owner, `CREATE TABLE ${schema}.ORDERS (id NUMBER, customer VARCHAR2(20))`);
      for (const [at, customer] of ["ada", "bob", "cyd"].entries())
        await run(owner, `INSERT INTO ${schema}.ORDERS (id, customer) VALUES (${at + 1}, '${customer}')`);
      const reader = {
        name: `dbl_shop_${stages}__read`,
        scopes: [{ schemas: [schema], privileges: ["select" as const] }],
      };
      const door = (grantId?: string, as = master.user) =>
        backend.door({ user: as.toUpperCase(), password }, grantId);
      await oracle.prepare(door(), [reader]);
      return {
        server: backend.server,
        database: backend.service,
        schema,
        orders: `${schema}.ORDERS`,
        common: backend.service,
        reader,
        door,
        adminSession: () => open(master),
        admin: (sql) => run(master, sql),
        root,
        login: (user, password) => open({ user, password }),
        asOwner: async (sql) => void (await run(owner, sql)),
        hold: backend.hold,
        privilegeHistory: () => backend.privilegeHistory(reader.name.toUpperCase()),
        createDeputy: () => backend.makeMaster({ user: "DEPUTY", password }),
        ...oracleWords({ schema, reader: reader.name, master: master.user, root }),
      };
    },
  };
}

function inLowerCase(rows: Rows): Rows {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])),
  );
}

/** 41900: a privilege that is missing, as 23ai says it. */
function kindOf(error: unknown): "denied" | "no login" | undefined {
  const { errorNum } = error as { errorNum?: number };
  if (errorNum === undefined) return undefined;
  if ([1017, 1045, 28000, 28001].includes(errorNum)) return "no login";
  return [942, 1031, 41900].includes(errorNum) ? "denied" : undefined;
}
