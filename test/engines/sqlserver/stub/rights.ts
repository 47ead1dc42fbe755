/** Who may what, as far as the stories need it: server permissions, db_owner, and what roles give on schemas, tables, columns. */
import { Fault } from "./fault.ts";
import type { Model, Row } from "./model.ts";

export interface Who {
  login: string;
  sid: Uint8Array | null;
  /** EXECUTE AS. */
  actingAs?: string;
}

export function holdsOnServer(model: Model, { login }: Who, permission: string): boolean {
  const roles = model.all(
    `SELECT r.name FROM "sys.server_role_members" m JOIN "sys.server_principals" r ON r.principal_id = m.role_principal_id
      JOIN "sys.server_principals" u ON u.principal_id = m.member_principal_id WHERE u.name = ?`,
    login,
  );
  if (roles.some(({ name }) => name === "sysadmin")) return true;
  return (
    model.all(
      `SELECT 1 FROM "sys.server_permissions" d JOIN "sys.server_principals" u ON u.principal_id = d.grantee_principal_id
      WHERE u.name = ? AND d.permission_name = ? AND d.state IN ('G', 'W')`,
      login,
      permission,
    ).length > 0
  );
}

export function demandOnServer(model: Model, who: Who, permission: string): void {
  if (holdsOnServer(model, who, permission)) return;
  throw permission === "VIEW SERVER STATE"
    ? new Fault(300, "VIEW SERVER STATE permission was denied on object 'server', database 'master'.")
    : new Fault(15_247, "User does not have permission to perform this action.");
}

/** The user that somebody is in a database; undefined: none. */
export function userOf(model: Model, database: string, who: Who): Row | undefined {
  if (holdsOnServer(model, who, "SYSADMIN")) return model.principal(database, "dbo");
  if (who.sid === null) return undefined;
  return model.one(`SELECT * FROM ${model.view(database, "database_principals")} WHERE sid = ?`, who.sid);
}

/** The user and every role that it is in, directly or not. */
export function identities(model: Model, database: string, user: Row): number[] {
  const found = new Set([Number(user.principal_id), 0]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const row of model.all(`SELECT * FROM ${model.view(database, "database_role_members")}`)) {
      if (found.has(Number(row.member_principal_id))) found.add(Number(row.role_principal_id));
    }
  }
  return [...found];
}

export function controls(model: Model, database: string, who: Who): boolean {
  const user = userOf(model, database, who);
  if (user === undefined) return false;
  return Number(user.principal_id) === 1 || identities(model, database, user).includes(16_384);
}

export function mayEnter(model: Model, database: string, who: Who): boolean {
  if (database === "master" || database === "msdb" || controls(model, database, who)) return true;
  const user = userOf(model, database, who);
  if (user === undefined) return false;
  return (
    model.all(
      `SELECT 1 FROM ${model.view(database, "database_permissions")} WHERE grantee_principal_id = ? AND type = 'CO' AND state = 'G'`,
      Number(user.principal_id),
    ).length > 0
  );
}

/** `columns`: those that are touched; undefined: the whole table. */
export function demandOnTable(
  model: Model,
  database: string,
  who: Who,
  permission: string,
  table: { schema: string; name: string; columns?: readonly string[] },
): void {
  if (controls(model, database, who)) return;
  const object = model.object(database, table.schema, table.name);
  const user = userOf(model, database, who);
  if (object && user) {
    const mine = identities(model, database, user);
    if (mine.includes(Number(object.principal_id ?? object.schema_owner))) return;
    const on = (row: Row) =>
      row.class === 3
        ? row.major_id === object.schema_id
        : row.class === 1 && row.major_id === object.object_id;
    const about = model
      .all(
        `SELECT * FROM ${model.view(database, "database_permissions")} WHERE permission_name = ?`,
        permission,
      )
      .filter((row) => mine.includes(Number(row.grantee_principal_id)) && on(row));
    const columnsOf = (denied: boolean) =>
      new Set(about.filter(({ state }) => (state === "D") === denied).map((row) => Number(row.minor_id)));
    const [open, closed] = [columnsOf(false), columnsOf(true)];
    const wanted = model
      .all(`SELECT * FROM ${model.view(database, "columns")} WHERE object_id = ?`, Number(object.object_id))
      .filter(({ name }) => table.columns?.includes(String(name)))
      .map((column) => Number(column.column_id));
    const isDenied = closed.has(0) || wanted.some((column) => closed.has(column));
    const isOpen = open.has(0) || (wanted.length > 0 && wanted.every((column) => open.has(column)));
    if (isOpen && !isDenied) return;
  }
  throw new Fault(
    229,
    `The ${permission} permission was denied on the object '${table.name}', database '${database}', schema '${table.schema}'.`,
  );
}
