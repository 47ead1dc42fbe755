/** CREATE, ALTER and DROP LOGIN, and server roles. Nothing but what stands here is understood; the rest is a mistake (102). */
import { Fault, missing } from "./fault.ts";
import { passwordHash } from "./model.ts";
import { demandOnServer } from "./rights.ts";
import type { Cursor } from "./scan.ts";
import type { Session } from "./session.ts";

interface Options {
  password?: string;
  hashed?: boolean;
  old?: string;
  SID?: Uint8Array;
  DEFAULT_DATABASE?: string;
  CHECK_POLICY?: string;
  CHECK_EXPIRATION?: string;
}

function options(cursor: Cursor): Options {
  const found: Options = {};
  do {
    const name = cursor.of("word").toUpperCase();
    cursor.expect("=");
    if (name === "PASSWORD") {
      const isHex = cursor.peek()?.kind === "hex";
      found.password = cursor.of(isHex ? "hex" : "text");
      found.hashed = cursor.takes("HASHED");
      if (cursor.takes("OLD_PASSWORD", "=")) found.old = cursor.of("text");
    } else if (name === "SID") found.SID = Buffer.from(cursor.of("hex"), "hex");
    else if (name === "DEFAULT_DATABASE") found.DEFAULT_DATABASE = cursor.name();
    else if (name === "CHECK_POLICY" || name === "CHECK_EXPIRATION")
      found[name] = cursor.of("word").toUpperCase();
    else throw new Fault(102, `Incorrect syntax near '${name}'.`);
  } while (cursor.takes(","));
  cursor.finish();
  return found;
}

function stored({ password = "", hashed }: Options, policy: string): string {
  if (!hashed) return passwordHash(password, Buffer.from("0badcafe", "hex"));
  // "When CHECK_POLICY is set to ON, the HASHED argument cannot be used."
  if (policy !== "OFF") throw new Fault(15_118, "Password validation failed.");
  if (!/^0200[0-9A-F]{136}$/.test(password))
    throw new Fault(15_021, "Invalid value given for parameter PASSWORD.");
  return password;
}

export function createLogin(session: Session, cursor: Cursor): void {
  const { model } = session;
  const name = cursor.name();
  cursor.expect("WITH");
  const given = options(cursor);
  demandOnServer(model, session.who, "ALTER ANY LOGIN");
  if (model.login(name)) throw new Fault(15_025, `The server principal '${name}' already exists.`);
  if (given.SID && given.SID.length !== 16)
    throw new Fault(15_419, "Supplied parameter sid should be binary(16).");
  const sid = given.SID ?? crypto.getRandomValues(new Uint8Array(16));
  if (model.one('SELECT 1 FROM "sys.server_principals" WHERE sid = ?', sid)) {
    throw new Fault(15_433, "Supplied parameter sid is in use.");
  }
  const hash = stored(given, given.CHECK_POLICY ?? "ON");
  model.run(
    `INSERT INTO "sys.server_principals" (name, sid, type, is_disabled, create_date, default_database_name, password_hash)
      VALUES (?, ?, 'S', 0, ?, ?, ?)`,
    name,
    sid,
    model.now(),
    given.DEFAULT_DATABASE ?? "master",
    hash,
  );
  const id = Number(model.login(name)?.principal_id);
  model.run(
    "INSERT INTO \"sys.server_permissions\" VALUES (100, 'SERVER', 0, ?, 'CONNECT SQL', 'COSQ', 'G')",
    id,
  );
}

export function alterLogin(session: Session, cursor: Cursor): void {
  const { model, who } = session;
  const name = cursor.name();
  const login = model.login(name);
  const set = (column: string, value: string | number) =>
    model.run(`UPDATE "sys.server_principals" SET ${column} = ? WHERE name = ?`, value, name);
  if (cursor.sees("DISABLE") || cursor.sees("ENABLE")) {
    const disabled = cursor.of("word").toUpperCase() === "DISABLE" ? 1 : 0;
    cursor.finish();
    demandOnServer(model, who, "ALTER ANY LOGIN");
    if (!login) throw missing("login", name);
    set("is_disabled", disabled);
    return;
  }
  cursor.expect("WITH");
  if (cursor.takes("NAME", "=")) {
    const next = cursor.name();
    cursor.finish();
    demandOnServer(model, who, "ALTER ANY LOGIN");
    set("name", next);
    return;
  }
  const given = options(cursor);
  const isOwn = who.login === name && given.old !== undefined;
  if (!isOwn) demandOnServer(model, who, "ALTER ANY LOGIN");
  if (!login) throw missing("login", name);
  if (isOwn && !matches(given.old ?? "", String(login.password_hash))) throw missing("login", name);
  if (given.password !== undefined) set("password_hash", stored(given, "OFF"));
  if (given.DEFAULT_DATABASE !== undefined) set("default_database_name", given.DEFAULT_DATABASE);
}

export function matches(password: string, hash: string): boolean {
  return passwordHash(password, Buffer.from(hash.slice(4, 12), "hex")) === hash;
}

export function dropLogin(session: Session, cursor: Cursor): void {
  const { model, who } = session;
  const name = cursor.name();
  cursor.finish();
  demandOnServer(model, who, "ALTER ANY LOGIN");
  const login = model.login(name);
  if (!login) throw missing("login", name, "drop");
  const sid = login.sid as Uint8Array;
  const there = (sql: string) => model.one(sql, sid) !== undefined;
  if (there('SELECT 1 FROM "sys.dm_exec_sessions" WHERE original_security_id = ?')) {
    throw new Fault(15_434, `Could not drop login '${name}' as the user is currently logged in.`);
  }
  if (there('SELECT 1 FROM "sys.databases" WHERE owner_sid = ?')) {
    throw new Fault(
      15_174,
      `Login '${name}' owns one or more database(s). Change the owner before dropping the login.`,
    );
  }
  if (
    model.one(
      'SELECT 1 FROM "sys.server_principals" WHERE owning_principal_id = ?',
      Number(login.principal_id),
    )
  )
    throw new Fault(15_141, "The server principal owns one or more server role(s) and cannot be dropped.");
  if (there('SELECT 1 FROM "msdb/dbo.sysjobs" WHERE owner_sid = ?')) {
    throw new Fault(
      15_170,
      "This login is the owner of 1 job(s). You must delete or reassign these jobs before the login can be dropped.",
    );
  }
  for (const table of [
    "server_permissions WHERE class = 101 AND major_id",
    "server_permissions WHERE grantee_principal_id",
    "server_role_members WHERE member_principal_id",
    "server_principals WHERE principal_id",
  ]) {
    const [view, where] = table.split(" WHERE ");
    model.run(`DELETE FROM "sys.${view}" WHERE ${where} = ?`, Number(login.principal_id));
  }
}

export function createServerRole(session: Session, cursor: Cursor): void {
  const { model, who } = session;
  const name = cursor.name();
  cursor.expect("AUTHORIZATION");
  const owner = model.login(cursor.name());
  cursor.finish();
  demandOnServer(model, who, "ALTER ANY SERVER ROLE");
  model.run(
    `INSERT INTO "sys.server_principals" (name, type, is_disabled, create_date, owning_principal_id) VALUES (?, 'R', 0, ?, ?)`,
    name,
    model.now(),
    Number(owner?.principal_id),
  );
}

export function alterServerRole(session: Session, cursor: Cursor): void {
  const { model, who } = session;
  const role = cursor.name();
  const adds = cursor.takes("ADD");
  if (!adds) cursor.expect("DROP");
  cursor.expect("MEMBER");
  const member = cursor.name();
  cursor.finish();
  demandOnServer(model, who, "ALTER ANY SERVER ROLE");
  const [r, m] = [model.login(role), model.login(member)];
  if (!r || !m) throw missing("server role", role);
  const ids = [Number(r.principal_id), Number(m.principal_id)];
  model.run(
    'DELETE FROM "sys.server_role_members" WHERE role_principal_id = ? AND member_principal_id = ?',
    ...ids,
  );
  if (adds) model.run('INSERT INTO "sys.server_role_members" VALUES (?, ?)', ...ids);
}
