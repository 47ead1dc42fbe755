/** Users, roles, schemas and what is owned, in the current database. */
import { ownerless } from "../../../../src/engines/sqlserver/owned.ts";
import { Fault, missing } from "./fault.ts";
import type { Row } from "./model.ts";
import { controls, userOf } from "./rights.ts";
import type { Cursor } from "./scan.ts";
import type { Session } from "./session.ts";

const view = (session: Session, name: string) => session.model.view(session.database, name);

export function demandOwner(session: Session, kind: string, name: string): void {
  const { model, database, who } = session;
  if (!controls(model, database, who)) throw missing(kind, name);
  if (model.readOnly.has(database))
    throw new Fault(3906, `Failed to update database "${database}" because the database is read-only.`);
}

function special(name: string): Fault {
  return new Fault(15_405, `Cannot use the special principal '${name}'.`);
}

function insertPrincipal(
  session: Session,
  name: string,
  type: string,
  sid: Uint8Array | null,
  owner: number | null,
  authentication = type === "S" && sid ? 1 : 0,
): number {
  const { model, database } = session;
  if (model.principal(database, name)) {
    throw new Fault(15_023, `User, group, or role '${name}' already exists in the current database.`);
  }
  model.run(
    `INSERT INTO ${view(session, "database_principals")} (name, sid, type, create_date, authentication_type, owning_principal_id) VALUES (?, ?, ?, ?, ?, ?)`,
    name,
    sid,
    type,
    model.now(),
    authentication,
    owner,
  );
  return Number(model.principal(database, name)?.principal_id);
}

export function createUser(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const name = cursor.name();
  if (cursor.takes("WITH", "PASSWORD", "=")) {
    cursor.of("text");
    demandOwner(session, "user", name);
    if (!model.database(database)?.containment)
      throw new Fault(33_233, "You can only create a user with a password in a contained database.");
    insertPrincipal(session, name, "S", crypto.getRandomValues(new Uint8Array(28)), null, 2);
    return;
  }
  cursor.expect("FOR", "LOGIN");
  const loginName = cursor.name();
  cursor.finish();
  demandOwner(session, "user", name);
  const login = model.login(loginName);
  if (!login) throw new Fault(15_007, `'${loginName}' is not a valid login or you do not have permission.`);
  const sid = login.sid as Uint8Array;
  if (
    model.one(`SELECT 1 FROM ${view(session, "database_principals")} WHERE sid = ?`, sid) &&
    !model.principal(database, name)
  ) {
    throw new Fault(15_063, "The login already has an account under a different user name.");
  }
  const id = insertPrincipal(session, name, "S", sid, null);
  model.run(
    `INSERT INTO ${view(session, "database_permissions")} VALUES (0, 'DATABASE', 0, 0, ?, 'CO', 'CONNECT', 'G', 1)`,
    id,
  );
}

export function createRole(session: Session, cursor: Cursor): void {
  const name = cursor.name();
  const owner = cursor.takes("AUTHORIZATION") ? cursor.name() : "dbo";
  cursor.finish();
  const mine = userOf(session.model, session.database, session.who);
  if (!controls(session.model, session.database, session.who) && mine?.name !== owner)
    throw missing("role", name);
  insertPrincipal(
    session,
    name,
    "R",
    null,
    Number(session.model.principal(session.database, owner)?.principal_id),
  );
}

/** DROP USER and DROP ROLE. */
export function dropPrincipal(session: Session, cursor: Cursor, kind: "user" | "role"): void {
  const { model, database } = session;
  const optional = cursor.takes("IF", "EXISTS");
  const name = cursor.name();
  cursor.finish();
  demandOwner(session, kind, name);
  const principal = model.principal(database, name);
  if (!principal) {
    if (optional) return;
    throw missing(kind, name, "drop");
  }
  if (name === "dbo") throw special(name);
  const id = Number(principal.principal_id);
  const has = (table: string, where: string) =>
    model.one(`SELECT 1 FROM ${view(session, table)} WHERE ${where} = ?`, id) !== undefined;
  const owns = "The database principal owns";
  if (has("schemas", "principal_id"))
    throw new Fault(15_138, `${owns} a schema in the database, and cannot be dropped.`);
  if (has("database_principals", "owning_principal_id"))
    throw new Fault(15_421, `${owns} a database role and cannot be dropped.`);
  if (has("objects", "principal_id") || has("types", "principal_id"))
    throw new Fault(15_183, `${owns} objects in the database and cannot be dropped.`);
  if (has("sql_modules", "execute_as_principal_id"))
    throw new Fault(
      15_136,
      "The database principal is set as the execution context of one or more procedures, functions, or event notifications and cannot be dropped.",
    );
  if (Object.values(ownerless).some((table) => has(table, "principal_id")))
    throw new Fault(15_138, `${owns} a certificate in the database, and cannot be dropped.`);
  if (has("database_permissions", "grantor_principal_id"))
    throw new Fault(
      15_284,
      "The database principal has granted or denied permissions to objects in the database and cannot be dropped.",
    );
  if (kind === "role" && has("database_role_members", "role_principal_id"))
    throw new Fault(15_144, "The role has members. It must be empty before it can be dropped.");
  for (const [table, column] of [
    ["database_role_members", "member_principal_id"],
    ["database_permissions", "grantee_principal_id"],
    ["database_principals", "principal_id"],
  ] as const) {
    model.run(`DELETE FROM ${view(session, table)} WHERE ${column} = ?`, id);
  }
  model.run(`DELETE FROM ${view(session, "extended_properties")} WHERE class = 4 AND major_id = ?`, id);
}

export function alterRole(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const role = cursor.name();
  const adds = cursor.takes("ADD");
  if (!adds) cursor.expect("DROP");
  cursor.expect("MEMBER");
  const member = cursor.name();
  cursor.finish();
  demandOwner(session, "role", role);
  const r = model.principal(database, role);
  if (r?.type !== "R") throw missing("role", role);
  const m = model.principal(database, member);
  if (!m)
    throw new Fault(
      15_151,
      `Cannot ${adds ? "add" : "drop"} the principal '${member}', because it does not exist or you do not have permission.`,
    );
  if (member === "dbo") throw special(member);
  const ids = [Number(r.principal_id), Number(m.principal_id)];
  model.run(
    `DELETE FROM ${view(session, "database_role_members")} WHERE role_principal_id = ? AND member_principal_id = ?`,
    ...ids,
  );
  if (adds) model.run(`INSERT INTO ${view(session, "database_role_members")} VALUES (?, ?)`, ...ids);
}

export function createSchema(session: Session, cursor: Cursor): void {
  const { model, database, who } = session;
  const name = cursor.name();
  const owner = cursor.takes("AUTHORIZATION")
    ? model.principal(database, cursor.name())
    : userOf(model, database, who);
  cursor.finish();
  if (!controls(model, database, who) && !may(session, "CREATE SCHEMA"))
    throw denied(session, "CREATE SCHEMA");
  if (model.schema(database, name))
    throw new Fault(2714, `There is already an object named '${name}' in the database.`);
  model.run(
    `INSERT INTO ${view(session, "schemas")} (name, principal_id) VALUES (?, ?)`,
    name,
    Number(owner?.principal_id ?? 1),
  );
}

export function dropSchema(session: Session, cursor: Cursor): void {
  const name = cursor.name();
  cursor.finish();
  demandOwner(session, "schema", name);
  const schema = session.model.schema(session.database, name);
  if (!schema) throw missing("schema", name, "drop");
  session.model.run(`DELETE FROM ${view(session, "schemas")} WHERE name = ?`, name);
}

export function alterAuthorization(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  cursor.expect("ON");
  const kind = cursor.of("word").toUpperCase();
  if (kind === "SERVER") cursor.expect("ROLE");
  cursor.expect("::");
  const first = cursor.name();
  const second = cursor.takes(".") ? cursor.name() : undefined;
  cursor.expect("TO");
  const owner = cursor.name();
  cursor.finish();
  if (kind === "DATABASE") {
    const sid = (model.login(owner)?.sid ?? null) as Uint8Array | null;
    const principals = model.view(first, "database_principals");
    if (sid && model.one(`SELECT 1 FROM ${principals} WHERE sid = ? AND principal_id <> 1`, sid))
      throw new Fault(
        15_110,
        "The proposed new database owner is already a user or aliased in the database.",
      );
    model.run('UPDATE "sys.databases" SET owner_sid = ? WHERE name = ?', sid, first);
    model.run(`UPDATE ${principals} SET sid = ? WHERE principal_id = 1`, sid);
    return;
  }
  if (kind === "SERVER") {
    const id = Number(model.login(owner)?.principal_id);
    model.run('UPDATE "sys.server_principals" SET owning_principal_id = ? WHERE name = ?', id, first);
    return;
  }
  demandOwner(session, kind.toLowerCase(), first);
  const to = model.principal(database, owner);
  if (!to) throw missing("user", owner, "find");
  const id = Number(to.principal_id);
  if (kind === "SCHEMA") {
    const schema = model.schema(database, first);
    if (!schema) throw missing("schema", first, "find");
    // "Permissions on schema-contained objects that do not have explicit owners will be dropped."
    model.run(
      `DELETE FROM ${view(session, "database_permissions")} WHERE class = 1 AND major_id IN
        (SELECT object_id FROM ${view(session, "objects")} WHERE principal_id IS NULL AND schema_id = ?)`,
      Number(schema.schema_id),
    );
    model.run(`UPDATE ${view(session, "schemas")} SET principal_id = ? WHERE name = ?`, id, first);
  } else if (kind === "OBJECT") {
    const object = model.object(database, first, second ?? "");
    if (!object) throw missing("object", `${first}.${second}`, "find");
    model.run(
      `UPDATE ${view(session, "objects")} SET principal_id = ? WHERE object_id = ?`,
      id,
      Number(object.object_id),
    );
  } else if (kind === "TYPE")
    model.run(`UPDATE ${view(session, "types")} SET principal_id = ? WHERE name = ?`, id, second ?? "");
  else if (kind === "ROLE")
    model.run(
      `UPDATE ${view(session, "database_principals")} SET owning_principal_id = ? WHERE name = ?`,
      id,
      first,
    );
  else if (kind === "CERTIFICATE")
    model.run(`UPDATE ${view(session, "certificates")} SET principal_id = ? WHERE name = ?`, id, first);
  else throw new Fault(102, `Incorrect syntax near '${kind}'.`);
}

/** CREATE CERTIFICATE ... AUTHORIZATION; what is in it is not read. */
export function createCertificate(session: Session, cursor: Cursor): void {
  const name = cursor.name();
  cursor.expect("AUTHORIZATION");
  const owner = session.model.principal(session.database, cursor.name());
  demandOwner(session, "certificate", name);
  session.model.run(
    `INSERT INTO ${view(session, "certificates")} VALUES (?, ?)`,
    name,
    Number(owner?.principal_id),
  );
}

/** Another name, another login, or both. */
export function alterUser(session: Session, cursor: Cursor): void {
  const { model } = session;
  const name = cursor.name();
  demandOwner(session, "user", name);
  cursor.expect("WITH");
  const set = (column: string, value: string | Uint8Array, whose: string) =>
    model.run(
      `UPDATE ${view(session, "database_principals")} SET ${column} = ? WHERE name = ?`,
      value,
      whose,
    );
  let now = name;
  do {
    if (cursor.takes("NAME", "=")) {
      const next = cursor.name();
      set("name", next, now);
      now = next;
    } else {
      cursor.expect("LOGIN", "=");
      const login = cursor.name();
      const found = model.login(login);
      if (!found) throw missing("login", login, "find");
      set("sid", found.sid as Uint8Array, now);
    }
  } while (cursor.takes(","));
  cursor.finish();
}

export function may(session: Session, permission: string): boolean {
  const { model, database, who } = session;
  const user: Row | undefined = userOf(model, database, who);
  return (
    user !== undefined &&
    model.one(
      `SELECT 1 FROM ${view(session, "database_permissions")} WHERE grantee_principal_id = ? AND permission_name = ? AND state IN ('G', 'W')`,
      Number(user.principal_id),
      permission,
    ) !== undefined
  );
}

export function denied(session: Session, permission: string): Fault {
  return new Fault(262, `${permission} permission denied in database '${session.database}'.`);
}
