/** Tables, modules, jobs and extended properties. The body of a module is not read. */
import { Fault, missing } from "./fault.ts";
import type { Row } from "./model.ts";
import { controls, holdsOnServer, identities, userOf } from "./rights.ts";
import type { Cursor } from "./scan.ts";
import type { Session } from "./session.ts";
import { demandOwner, denied, may } from "./users.ts";

const view = (session: Session, name: string) => session.model.view(session.database, name);

export function addObject(session: Session, schema: string, name: string, type: string, parent = 0): number {
  const { model, database } = session;
  const home = model.schema(database, schema);
  if (!home)
    throw new Fault(
      2760,
      `The specified schema name "${schema}" either does not exist or you do not have permission to use it.`,
    );
  if (model.object(database, schema, name))
    throw new Fault(2714, `There is already an object named '${name}' in the database.`);
  model.run(
    `INSERT INTO ${view(session, "objects")} (name, schema_id, principal_id, type, parent_object_id) VALUES (?, ?, NULL, ?, ?)`,
    name,
    Number(home.schema_id),
    type,
    parent,
  );
  return Number(model.object(database, schema, name)?.object_id);
}

/** In a schema of one's own, or that one may alter. */
function demandCreate(session: Session, permission: string, schema: string): void {
  const { model, database, who } = session;
  if (controls(model, database, who)) return;
  const user = userOf(model, database, who);
  const owns = user !== undefined && model.schema(database, schema)?.principal_id === user.principal_id;
  if (!owns || !may(session, permission)) throw denied(session, permission);
}

export function qualified(cursor: Cursor): [string, string] {
  const first = cursor.name();
  return cursor.takes(".") ? [first, cursor.name()] : ["dbo", first];
}

export function createTable(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const [schema, name] = qualified(cursor);
  cursor.expect("(");
  const columns: { name: string; identity: boolean }[] = [];
  do {
    const column = { name: cursor.name(), identity: false };
    let depth = 0;
    while (depth > 0 || !(cursor.sees(",") || cursor.sees(")"))) {
      if (cursor.sees("IDENTITY")) column.identity = true;
      if (cursor.takes("(")) depth += 1;
      else if (cursor.takes(")")) depth -= 1;
      else if (cursor.ended) cursor.expect(")");
      else cursor.at += 1;
    }
    columns.push(column);
  } while (cursor.takes(","));
  cursor.expect(")");
  cursor.finish();
  demandCreate(session, "CREATE TABLE", schema);
  const id = addObject(session, schema, name, "U");
  const quoted = (it: string) => `"${it.replaceAll('"', '""')}"`;
  model.sqlite.exec(
    `CREATE TABLE ${model.table(database, schema, name)} (${columns.map((it) => `${quoted(it.name)}${it.identity ? " INTEGER PRIMARY KEY" : ""}`).join(", ")})`,
  );
  for (const [index, column] of columns.entries())
    model.run(`INSERT INTO ${view(session, "columns")} VALUES (?, ?, ?)`, id, index + 1, column.name);
}

const types: Record<string, string> = {
  PROCEDURE: "P",
  VIEW: "V",
  FUNCTION: "FN",
  TRIGGER: "TR",
  SYNONYM: "SN",
};

export function createModule(session: Session, cursor: Cursor, kind: string): void {
  const { model, database } = session;
  const [schema, name] = qualified(cursor);
  const ofDatabase = kind === "TRIGGER" && cursor.takes("ON", "DATABASE");
  const parent = kind === "TRIGGER" && cursor.takes("ON") ? qualified(cursor) : undefined;
  let executesAs: string | undefined;
  while (!cursor.ended && !cursor.sees("AS")) {
    if (cursor.takes("EXECUTE", "AS"))
      executesAs =
        cursor.peek()?.kind === "text"
          ? cursor.of("text")
          : String(userOf(model, database, session.who)?.name);
    else cursor.at += 1;
  }
  demandCreate(session, `CREATE ${kind}`, schema);
  const runsAs =
    executesAs === undefined ? null : Number(model.principal(database, executesAs)?.principal_id);
  if (ofDatabase) {
    // It is none of sys.objects.
    const id = 1_000_000 + Number(model.one(`SELECT COUNT(*) AS n FROM ${view(session, "triggers")}`)?.n);
    model.run(`INSERT INTO ${view(session, "triggers")} VALUES (?, 0, 0, ?)`, name, id);
    model.run(`INSERT INTO ${view(session, "sql_modules")} VALUES (?, ?)`, id, runsAs);
    return;
  }
  const parentId = parent ? Number(model.object(database, ...parent)?.object_id) : 0;
  const id = addObject(session, schema, name, types[kind] ?? "P", parentId);
  model.run(`INSERT INTO ${view(session, "sql_modules")} VALUES (?, ?)`, id, runsAs);
}

/** A queue that calls a procedure as somebody, as long as it has its activation. */
export function createQueue(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const [schema, name] = qualified(cursor);
  while (!cursor.takes("EXECUTE", "AS")) cursor.at += 1;
  const user = model.principal(database, cursor.of("text"));
  demandCreate(session, "CREATE QUEUE", schema);
  addObject(session, schema, name, "SQ");
  model.run(
    `INSERT INTO ${view(session, "service_queues")} SELECT ?, schema_id, ? FROM ${view(session, "schemas")} WHERE name = ?`,
    name,
    Number(user?.principal_id),
    schema,
  );
}

export function dropActivation(session: Session, cursor: Cursor): void {
  const [, name] = qualified(cursor);
  cursor.expect("WITH", "ACTIVATION", "(", "DROP", ")");
  cursor.finish();
  demandOwner(session, "queue", name);
  session.model.run(
    `UPDATE ${view(session, "service_queues")} SET execute_as_principal_id = NULL WHERE name = ?`,
    name,
  );
}

export function dropObject(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const [schema, name] = qualified(cursor);
  if (cursor.takes("ON", "DATABASE")) {
    const triggers = view(session, "triggers");
    model.run(
      `DELETE FROM ${view(session, "sql_modules")} WHERE object_id IN (SELECT object_id FROM ${triggers} WHERE name = ?)`,
      name,
    );
    model.run(`DELETE FROM ${triggers} WHERE parent_class = 0 AND name = ?`, name);
    return;
  }
  cursor.finish();
  const object = model.object(database, schema, name);
  if (!object)
    throw new Fault(
      3701,
      `Cannot drop the object '${name}', because it does not exist or you do not have permission.`,
    );
  demandOwner(session, "object", name);
  const id = Number(object.object_id);
  for (const [table, column] of [
    ["objects", "object_id"],
    ["columns", "object_id"],
    ["sql_modules", "object_id"],
  ] as const) {
    model.run(`DELETE FROM ${view(session, table)} WHERE ${column} = ?`, id);
  }
  model.run(`DELETE FROM ${view(session, "database_permissions")} WHERE class = 1 AND major_id = ?`, id);
  if (object.type === "U") model.sqlite.exec(`DROP TABLE ${model.table(database, schema, name)}`);
}

/** `@name = N'...', ...` */
function parameters(cursor: Cursor): Record<string, string> {
  const given: Record<string, string> = {};
  do {
    const name = cursor.of("word");
    cursor.expect("=");
    const kind = cursor.peek()?.kind === "number" ? "number" : "text";
    given[name.slice(1)] = cursor.of(kind);
  } while (cursor.takes(","));
  cursor.finish();
  return given;
}

/** A member of SQLAgentOperatorRole may switch on and off what it does not own ("SQL Server Agent fixed database roles"). */
function mayChangeJob({ model, who }: Session, job: Row, deletes: boolean): boolean {
  if (holdsOnServer(model, who, "SYSADMIN")) return true;
  if (who.sid && Buffer.compare(job.owner_sid as Uint8Array, who.sid) === 0) return true;
  const user = userOf(model, "msdb", who);
  return !deletes && user !== undefined && identities(model, "msdb", user).includes(16_400);
}

export function execute(session: Session, cursor: Cursor): void {
  const { model, database } = session;
  const path = [cursor.name()];
  while (cursor.takes(".")) path.push(cursor.name());
  const given = parameters(cursor);
  const procedure = path.join(".");
  if (procedure === "msdb.dbo.sp_add_job") {
    const owner = model.login(given.owner_login_name ?? "")?.sid as Uint8Array;
    model.run('INSERT INTO "msdb/dbo.sysjobs" VALUES (?, ?, 1)', given.job_name ?? "", owner);
    return;
  }
  if (procedure === "msdb.dbo.sp_update_job" || procedure === "msdb.dbo.sp_delete_job") {
    const job = model.one('SELECT * FROM "msdb/dbo.sysjobs" WHERE name = ?', given.job_name ?? "");
    if (!job) throw new Fault(14_262, `The specified @job_name ('${given.job_name}') does not exist.`);
    const deletes = procedure.endsWith("delete_job");
    if (!mayChangeJob(session, job, deletes))
      throw new Fault(
        14_525,
        "Only members of sysadmin role are allowed to update or delete jobs owned by a different login.",
      );
    if (deletes) model.run('DELETE FROM "msdb/dbo.sysjobs" WHERE name = ?', given.job_name ?? "");
    else
      model.run(
        'UPDATE "msdb/dbo.sysjobs" SET enabled = ? WHERE name = ?',
        Number(given.enabled),
        given.job_name ?? "",
      );
    return;
  }
  if (procedure !== "sys.sp_addextendedproperty" && procedure !== "sys.sp_updateextendedproperty") {
    throw new Fault(2812, `Could not find stored procedure '${procedure}'.`);
  }
  const user = model.principal(database, given.level0name ?? "");
  if (!user || given.level0type !== "USER") throw missing("user", given.level0name ?? "", "find");
  demandOwner(session, "user", given.level0name ?? "");
  const key = [Number(user.principal_id), given.name ?? ""];
  const properties = view(session, "extended_properties");
  const there =
    model.one(`SELECT 1 FROM ${properties} WHERE class = 4 AND major_id = ? AND name = ?`, ...key) !==
    undefined;
  if (procedure.includes("add") === there) {
    throw new Fault(
      there ? 15_233 : 15_217,
      `Property cannot be ${there ? "added. It already exists" : "updated. It does not exist"}.`,
    );
  }
  model.run(`DELETE FROM ${properties} WHERE class = 4 AND major_id = ? AND name = ?`, ...key);
  model.run(`INSERT INTO ${properties} VALUES (4, ?, 0, ?, ?)`, ...key, given.value ?? "");
}
