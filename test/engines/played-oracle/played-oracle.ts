/**
 * A played Oracle: there is no server of it to be had for these tests, and no library that speaks its protocol from the
 * server's side. Dictionary views are tables, blocks are run by the part of PL/SQL that they are written in, and refusals
 * carry the numbers that Oracle's documentation gives them. It shows what the adapter does with the answers of a server
 * that keeps to that documentation; it does not show that Oracle does.
 */
import { setImmediate as turn } from "node:timers/promises";
import type { OracleAnswer, OracleBinds, OracleConnection } from "../../../src/connect/oracle.ts";
import { runDdl } from "./ddl.ts";
import { Dictionary, type Row } from "./dictionary.ts";
import { connectionClosed, OraError } from "./ora-error.ts";
import { runBlock, type Value, type Variables } from "./plsql.ts";
import { demand, holds, masterPrivileges } from "./rights.ts";
import { runUserSql } from "./user-sql.ts";

/** How hard a session is to end. */
export type Grip = "none" | "marked for kill" | "not listed";

export interface PlayedSession {
  sid: number;
  user: string;
  grip: Grip;
  /** dblease's own connection. */
  isAdmin: boolean;
  open: boolean;
  ended: Promise<void>;
  end: () => void;
}

export interface Sent {
  sql: string;
  binds: OracleBinds;
}

/** The driver refuses a bind too many (NJS-097), and one too few (NJS-098). */
function assertBound(sql: string, binds: OracleBinds): void {
  const outsideQuotes = sql.replace(/'(?:[^']|'')*'/g, "");
  const placeholders = new Set([...outsideQuotes.matchAll(/:([a-z]\w*)/g)].map(([, name = ""]) => name));
  const given = Object.keys(binds).filter((name) => name !== "changes__");
  const odd = [...placeholders]
    .filter((it) => !given.includes(it))
    .concat(given.filter((it) => !placeholders.has(it)));
  if (odd.length > 0) throw new Error(`NJS-097: ${odd.join(", ")} in ${sql}`);
}

export class PlayedOracle {
  readonly dictionary = new Dictionary();
  /** Everything that admins have sent, as it was sent. */
  readonly sent: Sent[] = [];
  /** Every CREATE, ALTER, GRANT, REVOKE and DROP that a block came to. */
  readonly executed: string[] = [];
  /** Set by a story: throws, or waits, before a statement is run. */
  before: (statement: string, session: PlayedSession) => Promise<void> = async () => {};
  /** Not an RDS instance: no RDSADMIN, and the admin may ALTER SYSTEM. */
  onRds = true;
  serverVersion = 1_926_000_000;
  private readonly sessions = new Map<number, PlayedSession>();
  private nextSid = 10;

  constructor() {
    const { dictionary } = this;
    for (const name of ["SYS", "ADMIN"]) this.makeUser(name, "secret", name === "SYS" ? "Y" : "N");
    dictionary.change("INSERT INTO DBA_ROLES VALUES ('DBA', 'NONE')");
    this.makeMaster("ADMIN");
    dictionary.change("INSERT INTO DBA_PROFILES VALUES ('DEFAULT', 'SESSIONS_PER_USER', 'UNLIMITED')");
    dictionary.change(
      "INSERT INTO V_$PARAMETER VALUES ('job_queue_processes', '20'), ('resource_limit', 'TRUE')",
    );
    dictionary.change("INSERT INTO ALL_OBJECTS VALUES ('RDSADMIN', 'RDSADMIN_UTIL', 'PACKAGE', 'VALID')");
  }

  makeUser(name: string, password: string, maintained = "N"): void {
    const [{ id = 0 } = {}] = this.dictionary.rows("SELECT IFNULL(MAX(USER_ID), 0) + 1 AS id FROM DBA_USERS");
    const values = "(?, ?, 'OPEN', 'DEFAULT', 0, ?, ?, NULL)";
    this.dictionary.change(`INSERT INTO DBA_USERS VALUES ${values}`, name, Number(id), maintained, password);
  }

  makeMaster(name: string): void {
    for (const privilege of masterPrivileges) {
      this.dictionary.change("INSERT INTO DBA_SYS_PRIVS VALUES (?, ?, 'YES')", name, privilege);
    }
  }

  /** A login as Oracle judges it. Throws 1017, 28000, 28001 and 1045. */
  async login(name: string, password: string, program = "sqlplus", isAdmin = false): Promise<PlayedSession> {
    await turn();
    this.runJobs();
    const user = name.toUpperCase();
    const [found] = this.dictionary.rows("SELECT * FROM DBA_USERS WHERE USERNAME = ?", user);
    if (!found || ![found.PASSWORD, found.OLD_PASSWORD].includes(password))
      throw new OraError(1017, "invalid username/password");
    if (/LOCKED/.test(String(found.ACCOUNT_STATUS))) throw new OraError(28000, "the account is locked");
    if (/^EXPIRED(?!\()/.test(String(found.ACCOUNT_STATUS)))
      throw new OraError(28001, "the account has expired");
    if (!holds(this.dictionary, user, "CREATE SESSION"))
      throw new OraError(1045, "user lacks CREATE SESSION privilege");
    const sid = this.nextSid++;
    this.dictionary.change(
      "INSERT INTO GV_$SESSION VALUES (1, ?, ?, ?, ?, ?, ?)",
      sid,
      sid * 7,
      Number(found.USER_ID),
      user,
      program,
      "INACTIVE",
    );
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const session: PlayedSession = {
      sid,
      user,
      grip: "none",
      isAdmin,
      open: true,
      ended,
      end,
    };
    this.sessions.set(sid, session);
    return session;
  }

  open(): PlayedSession[] {
    return [...this.sessions.values()];
  }

  close(session: PlayedSession): void {
    this.dictionary.change("DELETE FROM GV_$SESSION WHERE SID = ?", session.sid);
    this.sessions.delete(session.sid);
    const { locks } = this.dictionary;
    for (const [id, holder] of locks) if (holder === session.sid) locks.delete(id);
    session.open = false;
    session.end();
  }

  /** One statement of somebody who is no dblease. */
  async query(session: PlayedSession, sql: string): Promise<Row[]> {
    await turn();
    if (!session.open) throw connectionClosed();
    if (sql.startsWith("BEGIN DBMS_SESSION.SLEEP")) {
      session.grip = "marked for kill";
      await session.ended;
      throw connectionClosed();
    }
    if (/^SELECT\b.*\bSYS\./.test(sql)) return this.select(session, sql, new Map());
    const rows = runUserSql(this.dictionary, session.user, sql);
    if (rows) return rows;
    await this.change(session, sql, new Map(), (change) => change());
    return [];
  }

  /** The connection that a door opens. */
  async connect(name: string, password: string, applicationName: string): Promise<OracleConnection> {
    const session = await this.login(name, password, applicationName, true);
    return {
      serverVersion: this.serverVersion,
      applicationName,
      query: (sql, binds = {}) => this.answer(session, sql, binds),
      end: async () => this.close(session),
      destroy: () => this.close(session),
    };
  }

  private async answer(session: PlayedSession, sql: string, binds: OracleBinds): Promise<OracleAnswer> {
    this.sent.push({ sql, binds });
    assertBound(sql, binds);
    await turn();
    this.runJobs();
    if (!session.open) throw connectionClosed();
    await this.before(sql, session);
    if (!session.open) throw connectionClosed();
    // A server that dies in the middle of a block: what was committed stays.
    const dies = Number(binds.changes__ ?? Number.POSITIVE_INFINITY);
    let changes = 0;
    const counted = async (change: () => Promise<void>) => {
      if (changes++ >= dies) throw connectionClosed();
      await change();
    };
    const variables: Variables = new Map(
      Object.entries(binds).map(([name, value]) => [name, typeof value === "object" ? null : value]),
    );
    if (sql.startsWith("SELECT")) return { rows: this.select(session, sql, variables), out: {} };
    await this.change(session, sql, variables, counted);
    return {
      rows: [],
      out: Object.fromEntries(Object.keys(binds).map((name) => [name, variables.get(name)])),
    };
  }

  /** A block, or a single statement. `each`: around everything that commits. */
  private async change(
    session: PlayedSession,
    sql: string,
    variables: Variables,
    each: (change: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    if (!/^(BEGIN|DECLARE)\b/.test(sql)) return this.ddl(session, sql);
    await runBlock(sql, variables, {
      select: (text, values) => this.select(session, text, values) as Record<string, Value>[],
      execute: (statement) => each(() => this.ddl(session, statement)),
      call: (procedure, given) => each(() => this.call(session, procedure, given)),
    });
  }

  private select(session: PlayedSession, sql: string, variables: Variables): Row[] {
    const needsDictionary = /\bSYS\.(DBA_|GV_|V_|PROXY_)/.test(sql);
    if (needsDictionary && !holds(this.dictionary, session.user, "SELECT ANY DICTIONARY")) {
      throw new OraError(942, "table or view does not exist");
    }
    if (sql.includes("DBA_SCHEMA_PRIVS") && this.serverVersion < 2_300_000_000)
      throw new OraError(942, "table or view does not exist");
    const values = Object.fromEntries(
      [...variables].map(([name, value]) => [name.replace(".", "__"), value]),
    );
    this.dictionary.change("DELETE FROM SESSION_PRIVS");
    this.dictionary.change(
      "INSERT INTO SESSION_PRIVS SELECT PRIVILEGE FROM DBA_SYS_PRIVS WHERE GRANTEE = ?",
      session.user,
    );
    return this.dictionary.ask(sql, values, { sid: session.sid, user: session.user, now: new Date() });
  }

  private async ddl(session: PlayedSession, statement: string): Promise<void> {
    await this.before(statement, session);
    if (!session.open) throw connectionClosed();
    if (session.isAdmin) this.executed.push(statement);
    if (this.serverVersion < 1_912_000_000 && statement.includes("ROLLOVER"))
      throw new OraError(2376, "invalid or redundant resource");
    const [, kill, instance = "1"] =
      /^ALTER SYSTEM (?:KILL|DISCONNECT) SESSION '(\d+),\d+(?:,@(\d+))?'/.exec(statement) ?? [];
    if (kill === undefined) return runDdl(this.dictionary, session.user, statement, new Date());
    demand(this.dictionary, session.user, "ALTER SYSTEM");
    // There is nobody on another instance.
    if (instance !== "1") throw new OraError(30, "User session ID does not exist.");
    this.kill(Number(kill), statement.includes("DISCONNECT"));
  }

  private async call(
    session: PlayedSession,
    procedure: string,
    given: ReadonlyMap<string, Value>,
  ): Promise<void> {
    await this.before(procedure, session);
    if (!session.open) throw connectionClosed();
    const at = (name: string, position: string) => given.get(name) ?? given.get(position) ?? null;
    if (procedure === "rdsadmin.rdsadmin_util.kill") {
      if (!this.onRds)
        throw new OraError(6550, "PLS-00201: identifier 'RDSADMIN.RDSADMIN_UTIL' must be declared");
      return this.kill(Number(at("sid", "0")), at("method", "2") === "PROCESS");
    }
    if (session.isAdmin) this.executed.push(procedure);
    const [, owner = session.user, name = ""] =
      /^(?:"([^"]+)"\.)?"([^"]+)"$/.exec(String(at("job_name", "0"))) ?? [];
    if (owner !== session.user) demand(this.dictionary, session.user, "CREATE ANY JOB");
    this.job(procedure, owner, name, given, String(at("", "2")));
    this.runJobs();
  }

  private job(
    procedure: string,
    owner: string,
    name: string,
    given: ReadonlyMap<string, Value>,
    value: string,
  ): void {
    const { dictionary } = this;
    const where = "WHERE OWNER = ? AND JOB_NAME = ?";
    const [there] = dictionary.rows(`SELECT 1 FROM DBA_SCHEDULER_JOBS ${where}`, owner, name);
    if (procedure === "DBMS_SCHEDULER.CREATE_JOB") {
      if (there) throw new OraError(27477, `"${owner}"."${name}" already exists`);
      const [action = null, start = null, comments = null] = ["job_action", "start_date", "comments"].map(
        (it) => given.get(it),
      );
      dictionary.change(
        "INSERT INTO DBA_SCHEDULER_JOBS VALUES (?, ?, ?, ?, ?, 'SCHEDULED', 0)",
        owner,
        name,
        action,
        start,
        comments,
      );
      dictionary.change("INSERT INTO DBA_OBJECTS VALUES (?, ?, 'JOB', 'VALID')", owner, name);
      return;
    }
    if (!there) throw new OraError(27475, `"${owner}"."${name}" must be a job`);
    const changes: Record<string, () => void> = {
      "DBMS_SCHEDULER.SET_ATTRIBUTE": () =>
        dictionary.change(`UPDATE DBA_SCHEDULER_JOBS SET START_DATE = ? ${where}`, value, owner, name),
      "DBMS_SCHEDULER.ENABLE": () =>
        dictionary.change(`UPDATE DBA_SCHEDULER_JOBS SET STATE = 'SCHEDULED' ${where}`, owner, name),
      "DBMS_SCHEDULER.DISABLE": () =>
        dictionary.change(`UPDATE DBA_SCHEDULER_JOBS SET STATE = 'DISABLED' ${where}`, owner, name),
      "DBMS_SCHEDULER.DROP_JOB": () => {
        dictionary.change(`DELETE FROM DBA_SCHEDULER_JOBS ${where}`, owner, name);
        dictionary.change(
          "DELETE FROM DBA_OBJECTS WHERE OWNER = ? AND OBJECT_NAME = ? AND OBJECT_TYPE = 'JOB'",
          owner,
          name,
        );
      },
    };
    const change = changes[procedure];
    if (!change) throw new OraError(6550, `PLS-00201: identifier '${procedure}' must be declared`);
    change();
  }

  /** Jobs whose time has come, as their owners. */
  private runJobs(): void {
    const due = this.dictionary.rows(
      "SELECT * FROM DBA_SCHEDULER_JOBS WHERE STATE = 'SCHEDULED' AND START_DATE <= ?",
      new Date().toISOString(),
    );
    for (const it of due) {
      const [, statement] = /^BEGIN EXECUTE IMMEDIATE '(.*)'; END;$/.exec(String(it.JOB_ACTION)) ?? [];
      let failures = 0;
      try {
        if (statement !== undefined) runDdl(this.dictionary, String(it.OWNER), statement, new Date());
      } catch {
        failures = 1;
      }
      const where = "WHERE OWNER = ? AND JOB_NAME = ?";
      this.dictionary.change(
        `UPDATE DBA_SCHEDULER_JOBS SET STATE = ?, FAILURE_COUNT = FAILURE_COUNT + ? ${where}`,
        failures > 0 ? "FAILED" : "SUCCEEDED",
        failures,
        String(it.OWNER),
        String(it.JOB_NAME),
      );
    }
  }

  /** A session that has a grip on something is only marked; ending its process ends it. */
  private kill(sid: number, process: boolean): void {
    const session = this.sessions.get(sid);
    if (!session) throw new OraError(30, "User session ID does not exist.");
    if (session.grip === "marked for kill" && !process) {
      this.dictionary.change("UPDATE GV_$SESSION SET STATUS = 'KILLED' WHERE SID = ?", sid);
      session.open = false;
      throw new OraError(31, "session marked for kill");
    }
    this.close(session);
  }
}
