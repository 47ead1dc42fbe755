/**
 * Oracle's dictionary views as tables of SQLite, so that the adapter's own SELECTs are run, not recognised. What SQLite
 * says otherwise is put into its words here: a small part of Oracle's SQL, the one that the adapter uses.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export type Row = Record<string, unknown>;
export type Values = Readonly<Record<string, unknown>>;

const views: Readonly<Record<string, string>> = {
  DBA_USERS: "USERNAME, USER_ID, ACCOUNT_STATUS, PROFILE, CREATED, ORACLE_MAINTAINED, PASSWORD, OLD_PASSWORD",
  DBA_ROLES: "ROLE, AUTHENTICATION_TYPE",
  DBA_PROFILES: 'PROFILE, RESOURCE_NAME, "LIMIT"',
  DBA_ROLE_PRIVS: "GRANTEE, GRANTED_ROLE, ADMIN_OPTION",
  DBA_SYS_PRIVS: "GRANTEE, PRIVILEGE, ADMIN_OPTION",
  DBA_TAB_PRIVS: "GRANTEE, OWNER, TABLE_NAME, GRANTOR, PRIVILEGE, TYPE",
  DBA_COL_PRIVS: "GRANTEE, OWNER, TABLE_NAME, COLUMN_NAME, PRIVILEGE",
  DBA_SCHEMA_PRIVS: "GRANTEE, PRIVILEGE, SCHEMA, ADMIN_OPTION",
  PROXY_USERS: "PROXY, CLIENT",
  DBA_OBJECTS: "OWNER, OBJECT_NAME, OBJECT_TYPE, STATUS",
  DBA_TABLES: "OWNER, TABLE_NAME, NESTED, SECONDARY, DROPPED, IOT_TYPE",
  DBA_TAB_COLUMNS: "OWNER, TABLE_NAME, COLUMN_NAME",
  DBA_SCHEDULER_JOBS: "OWNER, JOB_NAME, JOB_ACTION, START_DATE, COMMENTS, STATE, FAILURE_COUNT",
  DBA_2PC_PENDING: "LOCAL_TRAN_ID, DB_USER, STATE",
  GV_$SESSION: '"INST_ID", SID, "SERIAL#", "USER#", USERNAME, PROGRAM, STATUS',
  V_$PARAMETER: "NAME, VALUE",
  SESSION_PRIVS: "PRIVILEGE",
  SESSION_ROLES: "ROLE",
  ALL_OBJECTS: "OWNER, OBJECT_NAME, OBJECT_TYPE, STATUS",
};

/** What SYS_CONTEXT, DBMS_LOCK and the clock say to the session that asks. */
export interface Asker {
  sid: number;
  user: string;
  now: Date;
}

const julian = (at: unknown) => Date.parse(String(at)) / 86_400_000;

export class Dictionary {
  private readonly sqlite = new DatabaseSync(":memory:");
  private asker: Asker = { sid: 0, user: "SYS", now: new Date(0) };

  constructor() {
    for (const [name, columns] of Object.entries(views))
      this.sqlite.exec(`CREATE TABLE ${name} (${columns})`);
    this.sqlite.exec(
      "CREATE TABLE DUAL (DUMMY); INSERT INTO DUAL VALUES ('X'); PRAGMA case_sensitive_like = ON",
    );
    const functions: Record<string, (...given: SQLInputValue[]) => SQLInputValue> = {
      TO_TIMESTAMP: (text) => text ?? null,
      FROM_TZ: (at) => at ?? null,
      SYS_EXTRACT_UTC: (at) => at ?? null,
      TO_CHAR: (it) => (it === null || it === undefined ? null : String(it)),
      NVL: (it, otherwise) => it ?? otherwise ?? null,
      JULIAN: (at) => julian(at),
      GREATEST: (...all) => Math.max(...all.map(Number)),
      CEIL: (it) => Math.ceil(Number(it) - 1e-6),
      SYS_CONTEXT: (_, what) => this.context(String(what)),
      REQUEST: (id) => this.lock(Number(id)),
      ENQUOTE_NAME: (name) => enquote(String(name)),
    };
    for (const [name, run] of Object.entries(functions)) this.sqlite.function(name, { varargs: true }, run);
  }

  /** Which session holds which lock. */
  readonly locks = new Map<number, number>();

  /** DBMS_LOCK.REQUEST without waiting: 0 taken, 1 somebody else's, 4 held already. */
  private lock(id: number): bigint {
    const holder = this.locks.get(id);
    if (holder === undefined) this.locks.set(id, this.asker.sid);
    if (holder === undefined) return 0n;
    return holder === this.asker.sid ? 4n : 1n;
  }

  private context(what: string): string | null {
    if (what === "SESSION_USER") return this.asker.user;
    if (what === "CON_NAME") return "ORCLPDB";
    if (what === "INSTANCE") return "1";
    return what === "ISDBA" ? "FALSE" : null;
  }

  /** Runs a SELECT as somebody. */
  ask(sql: string, values: Values, asker: Asker): Row[] {
    this.asker = asker;
    const text = inSqlite(sql);
    const all: Values = { ...values, now__: asker.now.toISOString(), today__: julian(asker.now) };
    const used = Object.entries(all).filter(([name]) => new RegExp(`:${name}\\b`).test(text));
    const bound = used.map(([name, value]) => [
      name,
      Number.isInteger(value) ? BigInt(Number(value)) : value,
    ]);
    return this.sqlite.prepare(text).all(Object.fromEntries(bound) as Record<string, SQLInputValue>) as Row[];
  }

  /** SQLite's own SQL, for what the played server does to its tables. */
  change(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.sqlite.prepare(sql).run(...values).changes);
  }

  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.sqlite.prepare(sql).all(...values) as Row[];
  }
}

/** DBMS_ASSERT.ENQUOTE_NAME: a quote inside a name is an error of its own. */
function enquote(name: string): string {
  if (/["\0]/.test(name) || name === "") throw new Error("ORA-44003: invalid SQL name");
  return `"${name}"`;
}

/** Outside of quotes. */
function inSqlite(sql: string): string {
  const words = sql
    .split(/('(?:[^']|'')*')/)
    .map((part) =>
      part.startsWith("'")
        ? part
        : part
            .replace(/\bSYS\.(DBMS_ASSERT\.|DBMS_LOCK\.)?/g, "")
            .replace(/\b(SERIAL|USER)#/g, '"$1#"')
            .replace(/\bLIMIT\b/g, '"LIMIT"')
            .replace(/\bSYSTIMESTAMP\b/g, ":now__")
            .replace(/\bSYSDATE\b/g, ":today__"),
    )
    .join("");
  return withoutDates(words);
}

/** `CAST(x AS DATE)` is a day with its fraction; differences of two are numbers. */
function withoutDates(sql: string): string {
  const end = sql.indexOf(" AS DATE)");
  if (end < 0) return sql;
  let depth = 0;
  for (let at = end; at >= 0; at--) {
    if (sql[at] === ")") depth++;
    if (sql[at] !== "(") continue;
    if (depth === 0) {
      const start = at - "CAST".length;
      return withoutDates(
        `${sql.slice(0, start)}JULIAN(${sql.slice(at + 1, end)})${sql.slice(end + " AS DATE)".length)}`,
      );
    }
    depth--;
  }
  throw new Error("a CAST that does not begin");
}
