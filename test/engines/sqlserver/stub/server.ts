/**
 * A stub of SQL Server: it speaks TDS over real sockets and TLS, takes nothing that is no T-SQL, and works out what it
 * answers over a small model of logins, users, roles, permissions, ownership and sessions. It answers only what it was
 * taught; what SQL Server really says, no test with it can prove.
 */

import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { Certificates } from "../../../../local-stack/certificates.ts";
import { Fault } from "./fault.ts";
import { readBatch, readLogin7 } from "./login7.ts";
import { matches } from "./logins.ts";
import { Model, passwordHash } from "./model.ts";
import { controls, holdsOnServer, mayEnter } from "./rights.ts";
import { runBatch } from "./run-batch.ts";
import type { Session } from "./session.ts";
import { databaseChange, done, failure, loginAck, routing } from "./tokens.ts";
import { type, Wire } from "./wire.ts";

interface Live {
  session: Session;
  wire: Wire;
}

/** Behaviour that a story asks for. */
export interface Mood {
  /** Batches that this is true of wait for `release`. */
  holds?: (batch: string) => boolean;
  /** Milliseconds for which a killed session goes on being listed: it rolls back. */
  rollbackMs: number;
  /** Closes the socket in place of the answer to such a batch, which is done all the same. */
  breaksAfter?: (batch: string) => boolean;
  /** It says that it has no TLS. */
  withoutTls?: boolean;
  /** It sends every login on to another server (TDS routing). */
  routesTo?: { host: string; port: number };
  /** It takes the connection and says nothing. */
  silent?: boolean;
  /** The admin may read msdb's jobs. */
  seesJobs: boolean;
}

export class StubServer {
  readonly host = "127.0.0.1";
  readonly model: Model;
  readonly caFile: string;
  private readonly context: SecureContext;
  readonly mood: Mood = { rollbackMs: 0, seesJobs: true };
  /** Every batch of an admin session, as it came. */
  readonly batches: string[] = [];
  /** Every password that a client showed. */
  readonly passwords: string[] = [];
  readonly waiting = new Set<string>();
  port = 0;
  private readonly live = new Map<number, Live>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private gate: Promise<void> = Promise.resolve();
  private openGate: () => void = () => {};
  private current: Session | undefined;
  private nextSession = 51;

  constructor(certificates: Certificates, model = new Model()) {
    this.model = model;
    const { caFile, keyFile, certificateFile } = certificates;
    this.caFile = caFile;
    this.context = createSecureContext({
      key: readFileSync(keyFile),
      cert: readFileSync(certificateFile),
      // TLS inside prelogin messages ends at 1.2; 1.3 needs TDS 8, which begins with TLS.
      maxVersion: "TLSv1.2",
    });
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
      void this.serve(socket);
    });
    this.defineFunctions();
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, this.host, resolve));
    this.server.unref();
    const address = this.server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Whoever runs the server: a sysadmin. */
  makeRoot(name: string, password: string): void {
    const hash = passwordHash(password, Buffer.from("01020304", "hex"));
    this.model.run(
      `INSERT INTO "sys.server_principals" (name, sid, type, is_disabled, create_date, default_database_name, password_hash)
        VALUES (?, x'01', 'S', 0, ?, 'master', ?)`,
      name,
      this.model.now(),
      hash,
    );
    this.model.run(
      `INSERT INTO "sys.server_role_members" SELECT r.principal_id, u.principal_id
        FROM "sys.server_principals" r, "sys.server_principals" u WHERE r.name = 'sysadmin' AND u.name = ?`,
      name,
    );
  }

  /** From now on such batches wait. */
  hold(holds: (batch: string) => boolean): void {
    this.mood.holds = holds;
    this.gate = new Promise((resolve) => {
      this.openGate = resolve;
    });
  }

  release(): void {
    delete this.mood.holds;
    this.openGate();
  }

  private sessionOf(id: number, login: string, sid: Uint8Array, database: string): Session {
    const session: Session = {
      id,
      who: { login, sid },
      database,
      model: this.model,
      inTransaction: false,
      ended: false,
      caught: 0,
      kill: (target) => this.kill(session, target),
    };
    return session;
  }

  private kill(killer: Session, id: number): void {
    if (killer.id === id) throw new Fault(6104, "Cannot use KILL to kill your own process.");
    const found = this.live.get(id);
    if (!found) throw new Fault(6106, `Process ID ${id} is not an active process ID.`);
    found.wire.close();
    this.end(found.session);
  }

  private end(session: Session): void {
    if (session.ended) return;
    session.ended = true;
    const forget = () => {
      this.live.delete(session.id);
      for (const view of ["dm_exec_sessions", "dm_exec_connections"]) {
        this.model.run(`DELETE FROM "sys.${view}" WHERE session_id = ?`, session.id);
      }
    };
    if (this.mood.rollbackMs > 0 && session.who.login.startsWith("jit_"))
      setTimeout(forget, this.mood.rollbackMs).unref();
    else forget();
  }

  private async serve(socket: Socket): Promise<void> {
    const wire = new Wire(socket);
    try {
      const hello = await wire.read();
      if (hello?.type !== type.prelogin) return wire.close();
      if (this.mood.silent) return;
      wire.answerPrelogin(!this.mood.withoutTls);
      if (!this.mood.withoutTls) await wire.startTls(this.context);
      const message = await wire.read();
      if (message?.type !== type.login) return wire.close();
      const session = this.login(wire, message.data, socket.remoteAddress ?? "");
      if (!session) return;
      socket.once("close", () => this.end(session));
      if (socket.destroyed) this.end(session);
      while (!session.ended) {
        const request = await wire.read();
        if (!request) return this.end(session);
        if (request.type === type.attention) wire.write(type.result, done("attention"));
        else if (request.type === type.batch) await this.answer(wire, session, readBatch(request.data));
        else return wire.close();
      }
    } catch {
      wire.close();
    }
  }

  private login(wire: Wire, data: Buffer, address: string): Session | undefined {
    const { user, password, application, database } = readLogin7(data);
    this.passwords.push(password);
    const { routesTo } = this.mood;
    if (routesTo) {
      const answer = [loginAck(), routing(routesTo.host, routesTo.port), done("final")];
      wire.write(type.result, Buffer.concat(answer));
      return undefined;
    }
    const login = this.model.login(user);
    const id = Number(login?.principal_id ?? 0);
    const denied = this.model.one(
      "SELECT 1 FROM \"sys.server_permissions\" WHERE grantee_principal_id = ? AND type = 'COSQ' AND state = 'D'",
      id,
    );
    const who = { login: user, sid: (login?.sid ?? null) as Uint8Array | null };
    const isRight =
      login && login.is_disabled === 0 && !denied && matches(password, String(login.password_hash));
    const target = database || String(login?.default_database_name ?? "master");
    if (!isRight || !this.model.database(target) || !mayEnter(this.model, target, who)) {
      const number = !isRight ? 18_456 : database ? 4060 : 4064;
      wire.write(
        type.result,
        Buffer.concat([failure(number, `Login failed for user '${user}'.`), done("error")]),
      );
      setImmediate(() => wire.close());
      return undefined;
    }
    const session = this.sessionOf(this.nextSession++, user, who.sid as Uint8Array, target);
    this.live.set(session.id, { session, wire });
    this.model.run(
      'INSERT INTO "sys.dm_exec_sessions" VALUES (?, ?, ?, ?, ?, ?, ?)',
      session.id,
      user,
      user,
      who.sid,
      who.sid,
      application,
      this.model.now(),
    );
    this.model.run('INSERT INTO "sys.dm_exec_connections" VALUES (?, ?)', session.id, address);
    wire.write(type.result, Buffer.concat([databaseChange(target, "master"), loginAck(), done("final")]));
    return session;
  }

  private async answer(wire: Wire, session: Session, batch: string): Promise<void> {
    // The driver's own greeting is of no interest.
    if (session.who.login === "master_user" && !batch.startsWith("set ")) this.batches.push(batch);
    if (this.mood.holds?.(batch)) {
      this.waiting.add(batch);
      await this.gate;
      this.waiting.delete(batch);
      if (session.ended) return;
    }
    const tokens: Buffer[] = [];
    const from = session.database;
    let failed = false;
    try {
      this.current = session;
      await runBatch(session, batch, (it) => tokens.push(it, done("more")));
    } catch (error) {
      failed = true;
      const fault = error instanceof Fault ? error : new Fault(50_000, String(error));
      tokens.push(failure(fault.number, fault.message));
    }
    if (this.mood.breaksAfter?.(batch)) return wire.close();
    if (session.database !== from) tokens.push(databaseChange(session.database, from));
    wire.write(type.result, Buffer.concat([...tokens, done(failed ? "error" : "final")]));
  }

  /** What queries ask of the session that runs them. */
  private defineFunctions(): void {
    const define = (name: string, run: (who: Session, ...values: never[]) => string | number | null) =>
      this.model.sqlite.function(name, { varargs: true }, (...values) =>
        run(this.current as Session, ...(values as never[])),
      );
    define("HAS_PERMS_BY_NAME", ({ who }, name: string | null, kind: string | null, permission: string) => {
      if (name === null) return holdsOnServer(this.model, who, permission) ? 1 : 0;
      if (kind === "DATABASE")
        return controls(this.model, name.slice(1, -1).replaceAll("]]", "]"), who) ? 1 : 0;
      return this.mood.seesJobs ? 1 : 0;
    });
    define("HAS_DBACCESS", ({ who }, name: string) => (mayEnter(this.model, name, who) ? 1 : 0));
    define("IS_SRVROLEMEMBER", ({ who }) => (holdsOnServer(this.model, who, "SYSADMIN") ? 1 : 0));
    define("ORIGINAL_LOGIN", ({ who }) => who.login);
    define("SYSUTCDATETIME", () => new Date().toISOString().slice(0, 23));
    define("ERROR_NUMBER", ({ caught }) => caught);
    define("SERVERPROPERTY", () => "16.0.4105.2");
    define("tsql_left", (_who, text: string, count: number) => String(text).slice(0, count));
  }
}
