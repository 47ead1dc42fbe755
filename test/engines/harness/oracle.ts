import { expect } from "vitest";
import type { OracleConnection } from "../../../src/connect/oracle.ts";
import { tag } from "../../../src/connect/tag.ts";
import type { Door } from "../../../src/engines/engine.ts";
import { makeUser } from "../../../src/engines/oracle/grant.ts";
import { oracle } from "../../../src/engines/oracle.ts";
import type { Harness, Session, SplitMessage, Stage } from "../conformance/harness.ts";
import { connectionClosed } from "../played-oracle/ora-error.ts";
import { PlayedOracle, type PlayedSession } from "../played-oracle/played-oracle.ts";
import { makeTable } from "../played-oracle/user-sql.ts";
import { oracleWords } from "./oracle-words.ts";

export interface OracleStage extends Stage<OracleConnection> {
  server: PlayedOracle;
}

export interface OracleHarness extends Harness<OracleConnection> {
  /** Until `start` it is not there. */
  server(): PlayedOracle;
  stage(): Promise<OracleStage>;
}

/** The door to a played Oracle, as its master or somebody else. */
export function playedDoor(
  server: PlayedOracle,
  database: string,
  grantId?: string,
  as = "ADMIN",
): Door<OracleConnection> {
  return {
    members: [{ id: "writer", host: "oracle.example", port: 2484 }],
    database,
    open: ({ purpose } = {}) => server.connect(as, "secret", tag(grantId, purpose)),
  };
}

export function oracleHarness(): OracleHarness {
  const server = new PlayedOracle();
  let stages = 0;

  const openSession = async (login: Promise<PlayedSession>): Promise<Session> => {
    const session = await login;
    return {
      ended: session.ended,
      query: (sql) => server.query(session, sql),
      close: async () => server.close(session),
    };
  };
  const run = async (as: string, sql: string) => {
    const session = await openSession(server.login(as, "secret"));
    try {
      return await session.query(sql);
    } finally {
      await session.close();
    }
  };

  return {
    engine: "oracle, played",
    server: () => server,
    adapter: oracle,
    lacks: {
      ownership: "what a user owns is never moved; told in the stories of this engine",
      "prepared transactions": "told in the stories of this engine",
      "transactional accounts": "every change of an account commits by itself",
      "immediate privileges": "the played server does not know of statements that are being run",
      "search path": "everything is looked up in SYS",
      "owned roles": "every admin with DROP USER may drop every user",
      "no set role": "a role is active from the login on; there is nothing more to become",
      "future tables": "Oracle gives nothing on tables to come; the next prepare opens them",
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
      "a transaction, and is only marked for kill": (session) => grip(server, session),
    },
    async meddle(session, password) {
      await session.query(`ALTER USER "${userOf(server, session)}" IDENTIFIED BY "${password}"`);
    },
    async callItself(session, name) {
      server.dictionary.change(
        "UPDATE GV_$SESSION SET PROGRAM = ? WHERE USERNAME = ?",
        name,
        userOf(server, session),
      );
    },
    deputyCheck: "give:jit_managed",
    endedSession: { connection: expect.stringMatching(/^\d+,\d+$/), application: "sqlplus" },
    weaknesses: [],
    canName: (name) => !/["\0]/.test(name),
    split,
    start: async () => {},
    stop: async () => {},
    async stage() {
      stages += 1;
      const schema = `APP_${stages}`;
      server.makeUser(schema, "secret");
      server.dictionary.change(
        "INSERT INTO DBA_SYS_PRIVS VALUES (?, 'CREATE SESSION', 'NO'), (?, 'CREATE TABLE', 'NO')",
        schema,
        schema,
      );
      makeTable(server.dictionary, schema, "ORDERS", "(id INTEGER PRIMARY KEY, customer TEXT)");
      await run(schema, `INSERT INTO ${schema}.ORDERS (customer) VALUES ('ada'), ('bob'), ('cyd')`);
      const reader = {
        name: `dbl_shop_${stages}__read`,
        scopes: [{ schemas: [schema], privileges: ["select" as const] }],
      };
      const door = (grantId?: string, as?: string) =>
        playedDoor(server, "ORCLPDB", grantId, as?.toUpperCase());
      await oracle.prepare(door(), [reader]);
      return {
        server,
        database: "ORCLPDB",
        schema,
        orders: `${schema}.ORDERS`,
        common: "ORCLPDB",
        reader,
        door,
        adminSession: () => openSession(server.login("ADMIN", "secret")),
        admin: (sql) => run("ADMIN", sql),
        root: (sql) => run("SYS", sql),
        login: (user, password) => openSession(server.login(user, password)),
        ...oracleWords(server, schema, reader.name, (sql) => run(schema, sql)),
      };
    },
  };
}

function kindOf(error: unknown): "denied" | "no login" | undefined {
  const { errorNum } = error as { errorNum?: number };
  if (errorNum === undefined) return undefined;
  if ([1017, 1045, 28000, 28001].includes(errorNum)) return "no login";
  return [942, 1031].includes(errorNum) ? "denied" : undefined;
}

/** The stories' sessions carry no name; the newest one of the server is the one that was just opened. */
function newest(server: PlayedOracle, session: Session): PlayedSession {
  const found = server.open().find((it) => it.ended === session.ended);
  if (!found) throw connectionClosed();
  return found;
}

function userOf(server: PlayedOracle, session: Session): string {
  return newest(server, session).user;
}

async function grip(server: PlayedOracle, session: Session): Promise<void> {
  newest(server, session).grip = "marked for kill";
}

/**
 * What a block changes, by the words that change: each commits by itself. A server that dies stops between two of them. A
 * grant of somebody new takes one of two branches each time: profile, user, job, membership, unlocking.
 */
function split(words: unknown[]): SplitMessage {
  const [sql, binds] = words as [string, object | undefined];
  const changes = sql.match(/EXECUTE IMMEDIATE|DBMS_SCHEDULER\.\w+\(/g)?.length ?? 0;
  return {
    statements: sql === makeUser(true) ? 5 : Math.max(changes, 1),
    first: (count) => [sql, { ...binds, changes__: count }],
  };
}
