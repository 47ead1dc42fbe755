/** Runs a batch as SQL Server does with XACT_ABORT on: the first error ends it, and its transaction. */
import { setTimeout as pause } from "node:timers/promises";
import { demandGrammar } from "./accept.ts";
import { Fault, missing } from "./fault.ts";
import { alterLogin, alterServerRole, createLogin, createServerRole, dropLogin } from "./logins.ts";
import type { Row } from "./model.ts";
import {
  addObject,
  createModule,
  createQueue,
  createTable,
  dropActivation,
  dropObject,
  execute,
  qualified,
} from "./objects.ts";
import { parseBatch, type Statement } from "./parse.ts";
import { changePermission } from "./permissions.ts";
import { controls, demandOnServer, demandOnTable, mayEnter } from "./rights.ts";
import { Cursor, SyntaxFault, type Word } from "./scan.ts";
import type { Session } from "./session.ts";
import { rows, type Value } from "./tokens.ts";
import { translate } from "./translate.ts";
import {
  alterAuthorization,
  alterRole,
  alterUser,
  createCertificate,
  createRole,
  createSchema,
  createUser,
  dropPrincipal,
  dropSchema,
} from "./users.ts";

type Answer = (tokens: Buffer) => void;

export async function runBatch(session: Session, batch: string, answer: Answer): Promise<void> {
  let statements: Statement[];
  try {
    statements = parseBatch(batch);
  } catch (error) {
    throw error instanceof SyntaxFault ? new Fault(102, `${error.message} in ${batch.slice(0, 300)}`) : error;
  }
  try {
    for (const statement of statements) await run(session, statement, answer);
  } catch (error) {
    if (session.inTransaction) endTransaction(session, "ROLLBACK TO");
    if (error instanceof SyntaxFault) throw new Fault(102, error.message);
    if (error instanceof Error && "errcode" in error)
      throw new Fault(208, `Invalid object or column: ${error.message} in ${batch.slice(0, 300)}`);
    throw error;
  }
  // Sessions share one memory: a transaction that outlives its batch is kept as it is.
  if (session.inTransaction) endTransaction(session, "RELEASE");
}

async function run(session: Session, statement: Statement, answer: Answer): Promise<void> {
  if (session.ended)
    throw new Fault(596, "Cannot continue the execution because the session is in the kill state.");
  if (statement.kind === "block") for (const it of statement.body) await run(session, it, answer);
  else if (statement.kind === "if") {
    demandGrammar(statement.condition, true);
    if (holds(session, statement.condition)) await run(session, statement.then, answer);
    else if (statement.otherwise) await run(session, statement.otherwise, answer);
  } else if (statement.kind === "try") {
    try {
      for (const it of statement.body) await run(session, it, answer);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      session.caught = error.number;
      for (const it of statement.caught) await run(session, it, answer);
      session.caught = 0;
    }
  } else {
    demandGrammar(statement.words);
    await leaf(session, statement.words, answer);
  }
}

function holds(session: Session, condition: readonly Word[]): boolean {
  const { model, database, id } = session;
  const { sql } = translate(model, condition, database, id);
  return model.one(`SELECT CASE WHEN ${sql} THEN 1 ELSE 0 END AS it`)?.it === 1;
}

async function leaf(session: Session, words: readonly Word[], answer: Answer): Promise<void> {
  const cursor = new Cursor(words);
  const { model } = session;
  if (cursor.sees("SELECT")) return select(session, words, answer);
  if (cursor.sees("INSERT") || cursor.sees("DELETE") || cursor.sees("UPDATE")) return change(session, words);
  if (cursor.takes("SET")) return;
  if (cursor.takes("USE")) {
    const name = cursor.name();
    cursor.finish();
    if (!model.database(name))
      throw new Fault(
        911,
        `Database '${name}' does not exist. Make sure that the name is entered correctly.`,
      );
    if (!mayEnter(model, name, session.who))
      throw new Fault(
        916,
        `The server principal is not able to access the database "${name}" under the current security context.`,
      );
    session.database = name;
    return;
  }
  if (cursor.takes("BEGIN", "TRANSACTION") || cursor.takes("BEGIN", "TRAN")) {
    model.sqlite.exec(`SAVEPOINT "session ${session.id}"`);
    session.inTransaction = true;
    return;
  }
  if (cursor.takes("COMMIT", "TRANSACTION") || cursor.takes("COMMIT"))
    return endTransaction(session, "RELEASE");
  if (cursor.takes("ROLLBACK", "TRANSACTION") || cursor.takes("ROLLBACK"))
    return endTransaction(session, "ROLLBACK TO");
  if (cursor.takes("THROW")) {
    if (cursor.ended) throw new Fault(session.caught, "thrown again");
    const number = Number(cursor.of("number"));
    cursor.expect(",");
    const text = cursor.of("text");
    cursor.expect(",");
    cursor.of("number");
    cursor.finish();
    throw new Fault(number, text);
  }
  if (cursor.takes("KILL")) {
    const id = Number(cursor.of("number"));
    cursor.finish();
    if (session.inTransaction) throw new Fault(6115, "KILL command cannot be used inside user transactions.");
    demandOnServer(model, session.who, "ALTER ANY CONNECTION");
    session.kill(id);
    return;
  }
  if (cursor.takes("WAITFOR", "DELAY")) {
    const [hours = 0, minutes = 0, seconds = 0] = cursor.of("text").split(":").map(Number);
    const until = Date.now() + ((hours * 60 + minutes) * 60 + seconds) * 1000;
    while (Date.now() < until && !session.ended) await pause(20, undefined, { ref: false });
    return;
  }
  if (cursor.takes("EXECUTE", "AS")) return actAs(session, cursor);
  if (cursor.takes("REVERT")) return showAs(session, session.who.login);
  if (cursor.takes("EXEC") || cursor.takes("EXECUTE")) return execute(session, cursor);
  for (const verb of ["GRANT", "DENY", "REVOKE"] as const)
    if (cursor.takes(verb)) return changePermission(session, cursor, verb);
  if (cursor.takes("CREATE", "LOGIN")) return createLogin(session, cursor);
  if (cursor.takes("ALTER", "LOGIN")) return alterLogin(session, cursor);
  if (cursor.takes("DROP", "LOGIN")) return dropLogin(session, cursor);
  if (cursor.takes("ALTER", "SERVER", "ROLE")) return alterServerRole(session, cursor);
  if (cursor.takes("CREATE", "SERVER", "ROLE")) return createServerRole(session, cursor);
  if (cursor.takes("CREATE", "CERTIFICATE")) return createCertificate(session, cursor);
  if (cursor.takes("CREATE", "QUEUE")) return createQueue(session, cursor);
  if (cursor.takes("ALTER", "QUEUE")) return dropActivation(session, cursor);
  if (cursor.takes("ALTER", "USER")) return alterUser(session, cursor);
  if (cursor.takes("CREATE", "USER")) return createUser(session, cursor);
  if (cursor.takes("DROP", "USER")) return dropPrincipal(session, cursor, "user");
  if (cursor.takes("CREATE", "ROLE")) return createRole(session, cursor);
  if (cursor.takes("DROP", "ROLE")) return dropPrincipal(session, cursor, "role");
  if (cursor.takes("ALTER", "ROLE")) return alterRole(session, cursor);
  if (cursor.takes("CREATE", "SCHEMA")) return createSchema(session, cursor);
  if (cursor.takes("DROP", "SCHEMA")) return dropSchema(session, cursor);
  if (cursor.takes("ALTER", "AUTHORIZATION")) return alterAuthorization(session, cursor);
  if (cursor.takes("CREATE", "TABLE")) return createTable(session, cursor);
  for (const kind of ["PROCEDURE", "VIEW", "FUNCTION", "TRIGGER", "SYNONYM"]) {
    if (cursor.takes("CREATE", kind)) return createModule(session, cursor, kind);
    if (cursor.takes("DROP", kind)) return dropObject(session, cursor);
  }
  if (cursor.takes("CREATE", "DATABASE")) {
    demandOnServer(model, session.who, "CREATE ANY DATABASE");
    return model.createDatabase(cursor.name(), session.who.sid);
  }
  if (cursor.takes("DROP", "TABLE")) return dropObject(session, cursor);
  throw new SyntaxFault(cursor.peek());
}

function endTransaction(session: Session, how: "RELEASE" | "ROLLBACK TO"): void {
  if (!session.inTransaction)
    throw new Fault(3902, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.");
  session.inTransaction = false;
  const name = `"session ${session.id}"`;
  session.model.sqlite.exec(how === "RELEASE" ? `RELEASE ${name}` : `ROLLBACK TO ${name}; RELEASE ${name}`);
}

function actAs(session: Session, cursor: Cursor): void {
  cursor.expect("LOGIN", "=");
  const name = cursor.of("text");
  const login = session.model.login(name);
  if (!login) throw missing("login", name, "find");
  showAs(session, name);
}

function showAs({ model, id }: Session, login: string): void {
  const sid = (model.login(login)?.sid ?? null) as Uint8Array | null;
  model.run(
    'UPDATE "sys.dm_exec_sessions" SET login_name = ?, security_id = ? WHERE session_id = ?',
    login,
    sid,
    id,
  );
}

function select(session: Session, words: readonly Word[], answer: Answer): void {
  const { model, database, id, who } = session;
  const into = words.findIndex(({ kind, value }) => kind === "word" && value.toUpperCase() === "INTO");
  if (into >= 0) {
    selectInto(session, words, into);
    return;
  }
  const { sql, tables } = translate(model, words, database, id);
  const touched = words.filter(({ kind }) => kind !== "text").map(({ value }) => value);
  for (const table of tables) {
    const columns = touched.includes("*") ? undefined : touched;
    demandOnTable(model, table.database, who, "SELECT", columns ? { ...table, columns } : table);
  }
  const statement = model.sqlite.prepare(sql);
  const names = statement.columns().map(({ name }) => name);
  const found = statement.all() as Row[];
  const isDate = (name: string) => name === "created" || name === "started";
  answer(
    rows(
      names,
      found.map((row) =>
        names.map((name): Value => (isDate(name) ? new Date(String(row[name])) : (row[name] ?? null))),
      ),
    ),
  );
}

function selectInto(session: Session, words: readonly Word[], into: number): void {
  const { model, database, id } = session;
  const cursor = new Cursor(words.slice(into + 1));
  const [schema, name] = qualified(cursor);
  const query = [...words.slice(0, into), ...cursor.words.slice(cursor.at)];
  if (!controls(model, database, session.who))
    throw new Fault(262, `CREATE TABLE permission denied in database '${database}'.`);
  const { sql } = translate(model, query, database, id);
  const statement = model.sqlite.prepare(sql);
  const object = addObject(session, schema, name, "U");
  for (const [index, column] of statement.columns().entries())
    model.run(
      `INSERT INTO ${model.view(database, "columns")} VALUES (?, ?, ?)`,
      object,
      index + 1,
      column.name,
    );
  model.sqlite.exec(`CREATE TABLE ${model.table(database, schema, name)} AS ${sql}`);
}

function change(session: Session, words: readonly Word[]): void {
  const { model, database, id, who } = session;
  const { sql, tables } = translate(model, words, database, id);
  const [target] = tables;
  const verb = words[0]?.value.toUpperCase() ?? "";
  if (target) demandOnTable(model, target.database, who, verb, target);
  model.sqlite.exec(sql);
}
