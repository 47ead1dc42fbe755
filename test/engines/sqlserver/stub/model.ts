/**
 * What the stub remembers of a server: the catalogue views that the adapter reads, as tables of SQLite in memory, so that
 * a SELECT over them is worked out and not recited. `db/sys.objects` is the view of the database db.
 */
import { createHash } from "node:crypto";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { ownerless } from "../../../../src/engines/sqlserver/owned.ts";

export type Row = Record<string, string | number | Uint8Array | null>;

const serverViews: Record<string, string> = {
  server_principals:
    "name, principal_id INTEGER PRIMARY KEY, sid, type, is_disabled, create_date, default_database_name, password_hash, owning_principal_id",
  server_role_members: "role_principal_id, member_principal_id",
  server_permissions: "class, class_desc, major_id, grantee_principal_id, permission_name, type, state",
  endpoints: "name, endpoint_id, principal_id",
  server_triggers: "name, object_id",
  server_sql_modules: "object_id, execute_as_principal_id",
  databases: "name, database_id, state, owner_sid, containment",
  dm_exec_sessions:
    "session_id, login_name, original_login_name, security_id, original_security_id, program_name, login_time",
  dm_exec_connections: "session_id, client_net_address",
};

const databaseViews: Record<string, string> = {
  database_principals:
    "name, principal_id INTEGER PRIMARY KEY, sid, type, create_date, authentication_type, owning_principal_id",
  database_role_members: "role_principal_id, member_principal_id",
  database_permissions:
    "class, class_desc, major_id, minor_id, grantee_principal_id, type, permission_name, state, grantor_principal_id",
  schemas: "name, schema_id INTEGER PRIMARY KEY, principal_id",
  objects: "name, object_id INTEGER PRIMARY KEY, schema_id, principal_id, type, parent_object_id",
  columns: "object_id, column_id, name",
  sql_modules: "object_id, execute_as_principal_id",
  sql_expression_dependencies: "referencing_id",
  types: "name, schema_id, principal_id",
  service_queues: "name, schema_id, execute_as_principal_id",
  ...Object.fromEntries(Object.values(ownerless).map((view) => [view, "name, principal_id"])),
  extended_properties: "class, major_id, minor_id, name, value",
  triggers: "name, parent_class, is_disabled, object_id",
};

export const serverScope = new Set(Object.keys(serverViews));

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function passwordHash(password: string, salt: Uint8Array): string {
  const digest = createHash("sha512").update(Buffer.from(password, "utf16le")).update(salt).digest();
  return `0200${Buffer.concat([salt, digest]).toString("hex").toUpperCase()}`;
}

export class Model {
  readonly sqlite = new DatabaseSync(":memory:");
  /** Databases that take no change. */
  readonly readOnly = new Set<string>();
  private clock = Date.now();

  constructor() {
    for (const [view, columns] of Object.entries(serverViews))
      this.sqlite.exec(`CREATE TABLE "sys.${view}" (${columns})`);
    for (const name of ["public", "sysadmin", "processadmin"]) {
      this.run(
        'INSERT INTO "sys.server_principals" (name, type, is_disabled, create_date) VALUES (?, ?, 0, ?)',
        name,
        "R",
        this.now(),
      );
    }
    for (const name of ["master", "msdb"]) this.createDatabase(name, null);
    this.sqlite.exec('CREATE TABLE "msdb/dbo.sysjobs" (name, owner_sid, enabled)');
    this.run(`INSERT INTO ${this.view("msdb", "objects")} VALUES ('sysjobs', 1, 1, NULL, 'U', 0)`);
  }

  /**
   * A read replica of this server as it is at this moment: everything comes along but the sessions, and only what is the
   * server's own can be changed. What the writer does afterwards is not carried over, not even in its databases.
   */
  replica(): Model {
    const copy = new Model();
    for (const { name, sql } of this.all("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")) {
      copy.sqlite.exec(`DROP TABLE IF EXISTS ${quoted(String(name))}; ${sql}`);
      if (String(name).startsWith("sys.dm_exec")) continue;
      for (const row of this.all(`SELECT * FROM ${quoted(String(name))}`)) {
        const columns = Object.keys(row);
        copy.run(
          `INSERT INTO ${quoted(String(name))} (${columns.map(quoted).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          ...Object.values(row),
        );
      }
    }
    for (const { name } of copy.all('SELECT name FROM "sys.databases"')) {
      if (name !== "master" && name !== "msdb") copy.readOnly.add(String(name));
    }
    return copy;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.sqlite.prepare(sql).all(...values) as Row[];
  }

  one(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.all(sql, ...values)[0];
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.sqlite.prepare(sql).run(...values);
  }

  /** No two things are made at the same time. */
  now(): string {
    this.clock = Math.max(this.clock + 10, Date.now());
    return new Date(Math.round(this.clock / 10) * 10).toISOString();
  }

  createDatabase(name: string, owner: Uint8Array | null): void {
    const id = Number(this.one('SELECT COUNT(*) AS n FROM "sys.databases"')?.n) + 1;
    this.run('INSERT INTO "sys.databases" VALUES (?, ?, 0, ?, 0)', name, id, owner);
    for (const [view, columns] of Object.entries(databaseViews)) {
      this.sqlite.exec(`CREATE TABLE ${quoted(`${name}/sys.${view}`)} (${columns})`);
    }
    const principals = this.view(name, "database_principals");
    for (const [id, role, kind] of [
      [1, "dbo", "S"],
      [2, "guest", "S"],
      [0, "public", "R"],
      [16384, "db_owner", "R"],
      ...(name === "msdb" ? [[16400, "SQLAgentOperatorRole", "R"] as const] : []),
    ] as const) {
      this.run(
        `INSERT INTO ${principals} (name, principal_id, type, create_date, authentication_type, sid) VALUES (?, ?, ?, ?, 0, ?)`,
        role,
        id,
        kind,
        this.now(),
        role === "dbo" ? owner : null,
      );
    }
    this.run(`INSERT INTO ${this.view(name, "schemas")} VALUES ('dbo', 1, 1)`);
  }

  /** Quoted name of the table behind a catalogue view. */
  view(database: string, name: string): string {
    return quoted(`${database}/sys.${name}`);
  }

  table(database: string, schema: string, name: string): string {
    return quoted(`${database}/${schema}.${name}`);
  }

  database(name: string): Row | undefined {
    return this.one('SELECT * FROM "sys.databases" WHERE name = ?', name);
  }

  login(name: string): Row | undefined {
    return this.one('SELECT * FROM "sys.server_principals" WHERE name = ?', name);
  }

  principal(database: string, name: string): Row | undefined {
    return this.one(`SELECT * FROM ${this.view(database, "database_principals")} WHERE name = ?`, name);
  }

  schema(database: string, name: string): Row | undefined {
    return this.one(`SELECT * FROM ${this.view(database, "schemas")} WHERE name = ?`, name);
  }

  object(database: string, schema: string, name: string): Row | undefined {
    return this.one(
      `SELECT o.*, s.principal_id AS schema_owner FROM ${this.view(database, "objects")} o
        JOIN ${this.view(database, "schemas")} s ON s.schema_id = o.schema_id WHERE s.name = ? AND o.name = ?`,
      schema,
      name,
    );
  }
}
