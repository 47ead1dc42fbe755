/** GRANT, DENY and REVOKE, on the server, the database, a schema, an object or its columns. */
import { Fault, missing } from "./fault.ts";
import { holdsOnServer } from "./rights.ts";
import type { Cursor } from "./scan.ts";
import type { Session } from "./session.ts";
import { demandOwner } from "./users.ts";

/** Server permissions that the stories use; everything else is one of the database. */
const ofServer = new Set([
  "CONNECT SQL",
  "VIEW SERVER STATE",
  "VIEW ANY DEFINITION",
  "ALTER ANY LOGIN",
  "ALTER ANY CONNECTION",
  "ALTER ANY SERVER ROLE",
  "CREATE ANY DATABASE",
  "VIEW ANY DATABASE",
]);
const ofDatabase = new Set([
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "REFERENCES",
  "EXECUTE",
  "ALTER",
  "CONTROL",
  "CONNECT",
  "CREATE TABLE",
  "CREATE SCHEMA",
  "CREATE PROCEDURE",
  "CREATE VIEW",
  "CREATE ROLE",
  "IMPERSONATE",
]);

export function changePermission(session: Session, cursor: Cursor, verb: "GRANT" | "DENY" | "REVOKE"): void {
  const permissions: { name: string; columns: string[] }[] = [];
  do {
    const words: string[] = [];
    while (cursor.peek()?.kind === "word" && !cursor.sees("ON") && !cursor.sees("TO") && !cursor.sees("FROM"))
      words.push(cursor.of("word").toUpperCase());
    permissions.push({ name: words.join(" "), columns: columns(cursor) });
  } while (cursor.takes(","));
  const target = cursor.takes("ON") ? securable(cursor) : undefined;
  const trailing = target?.kind === "OBJECT" ? columns(cursor) : [];
  if (!cursor.takes("TO") && !(verb === "REVOKE" && cursor.takes("FROM"))) cursor.expect("TO");
  const grantee = cursor.name();
  const onward = verb === "GRANT" && cursor.takes("WITH", "GRANT", "OPTION");
  if (verb !== "GRANT") cursor.takes("CASCADE");
  const grantor = cursor.takes("AS") ? cursor.name() : undefined;
  cursor.finish();
  for (const { name, columns: own } of permissions) {
    const state = verb === "DENY" ? "D" : onward ? "W" : "G";
    const onLogin = name === "IMPERSONATE" && target?.kind === "LOGIN" ? target.names[0] : undefined;
    if (onLogin !== undefined || (ofServer.has(name) && target === undefined))
      onServer(session, verb, name, onLogin, grantee, state);
    else if (ofDatabase.has(name))
      inDatabase(session, verb, name, target, [...own, ...trailing], { grantee, grantor }, state);
    else throw new Fault(102, `Incorrect syntax near '${name}'.`);
  }
}

interface Securable {
  kind: string;
  names: string[];
}

function securable(cursor: Cursor): Securable {
  const kind = ["SCHEMA", "OBJECT", "LOGIN", "USER"].some((it) => cursor.sees(it, "::"))
    ? cursor.of("word").toUpperCase()
    : "OBJECT";
  cursor.takes("::");
  const names = [cursor.name()];
  while (cursor.takes(".")) names.push(cursor.name());
  return { kind, names };
}

function columns(cursor: Cursor): string[] {
  const found: string[] = [];
  if (!cursor.takes("(")) return found;
  do found.push(cursor.name());
  while (cursor.takes(","));
  cursor.expect(")");
  return found;
}

function onServer(
  { model, who, database }: Session,
  verb: string,
  name: string,
  onLogin: string | undefined,
  grantee: string,
  state: string,
): void {
  if (database !== "master")
    throw new Fault(
      4621,
      "Permissions at the server scope can only be granted when the current database is master",
    );
  // RDS's master holds its own permissions with the option to give them on.
  if (!holdsOnServer(model, who, onLogin === undefined ? name : "ALTER ANY LOGIN"))
    throw new Fault(4613, "Grantor does not have GRANT permission.");
  const login = model.login(grantee);
  if (!login) throw missing("login", grantee, "find");
  const id = Number(login.principal_id);
  const target = onLogin === undefined ? { principal_id: 0 } : model.login(onLogin);
  if (!target) throw missing("login", onLogin ?? "", "find");
  const [kind, label] = onLogin === undefined ? [100, "SERVER"] : [101, "SERVER_PRINCIPAL"];
  const major = Number(target.principal_id);
  model.run(
    'DELETE FROM "sys.server_permissions" WHERE class = ? AND major_id = ? AND grantee_principal_id = ? AND permission_name = ?',
    kind,
    major,
    id,
    name,
  );
  const type = name === "CONNECT SQL" ? "COSQ" : name.slice(0, 4);
  if (verb !== "REVOKE")
    model.run(
      'INSERT INTO "sys.server_permissions" VALUES (?, ?, ?, ?, ?, ?, ?)',
      kind,
      label,
      major,
      id,
      name,
      type,
      state,
    );
}

function inDatabase(
  session: Session,
  verb: string,
  name: string,
  target: Securable | undefined,
  columnNames: readonly string[],
  { grantee, grantor }: { grantee: string; grantor: string | undefined },
  state: string,
): void {
  const { model, database } = session;
  demandOwner(session, "user", grantee);
  if (grantee === "dbo")
    throw new Fault(
      4624,
      "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.",
    );
  const principal = model.principal(database, grantee);
  if (!principal) throw missing("user", grantee, "find");
  const id = Number(principal.principal_id);
  const [kind, label, major, owner] = place(session, target);
  // Whoever controls the database gives in the name of the owner.
  const by = grantor === undefined ? owner : Number(model.principal(database, grantor)?.principal_id);
  if (columnNames.length > 0 && ["INSERT", "DELETE"].includes(name)) {
    throw new Fault(
      1020,
      "Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions.",
    );
  }
  const all = model.all(`SELECT * FROM ${model.view(database, "columns")} WHERE object_id = ?`, major);
  const minors =
    columnNames.length === 0
      ? [0]
      : columnNames.map((column) => {
          const found = all.find((row) => row.name === column);
          if (!found)
            throw new Fault(1911, `Column name '${column}' does not exist in the target table or view.`);
          return Number(found.column_id);
        });
  const permissions = model.view(database, "database_permissions");
  for (const minor of minors) {
    model.run(
      `DELETE FROM ${permissions} WHERE class = ? AND major_id = ? AND minor_id = ? AND grantee_principal_id = ? AND permission_name = ? AND grantor_principal_id = ?`,
      kind,
      major,
      minor,
      id,
      name,
      by,
    );
    const type = name === "CONNECT" ? "CO" : name.slice(0, 2);
    if (verb !== "REVOKE")
      model.run(
        `INSERT INTO ${permissions} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        kind,
        label,
        major,
        minor,
        id,
        type,
        name,
        state,
        by,
      );
  }
}

function place(
  { model, database }: Session,
  target: Securable | undefined,
): [number, string, number, number] {
  if (!target) return [0, "DATABASE", 0, 1];
  const [first = "", second = ""] = target.names;
  if (target.kind === "SCHEMA") {
    const schema = model.schema(database, first);
    if (!schema) throw missing("schema", first, "find");
    return [3, "SCHEMA", Number(schema.schema_id), Number(schema.principal_id)];
  }
  if (target.kind === "USER") {
    const user = model.principal(database, first);
    if (!user) throw missing("user", first, "find");
    return [4, "DATABASE_PRINCIPAL", Number(user.principal_id), 1];
  }
  const object = model.object(database, first, second);
  if (!object) throw missing("object", second, "find");
  const owner = Number(object.principal_id ?? object.schema_owner);
  return [1, "OBJECT_OR_COLUMN", Number(object.object_id), owner];
}
