import type { SqlserverConnection } from "../../../src/connect/sqlserver.ts";
import { sidOfText } from "../../../src/engines/sqlserver/mark.ts";
import { literal, theirName } from "../../../src/engines/sqlserver/quote.ts";
import type { Stage } from "../conformance/harness.ts";

type Words = Omit<
  Stage<SqlserverConnection>,
  | ("database" | "schema" | "orders" | "common" | "reader" | "hold")
  | ("door" | "adminSession" | "admin" | "root" | "login")
>;

type Run = (sql: string, database?: string) => Promise<Record<string, unknown>[]>;

/** What the stories say in words, as T-SQL. */
export function sqlserverWords(of: {
  database: string;
  schema: string;
  reader: string;
  master: { user: string; password: string };
  makeMaster: (user: string, password: string) => Promise<void>;
  root: Run;
}): Words {
  const { database, schema, reader, root } = of;
  const run = async (sql: string, where = database): Promise<void> => {
    await root(sql, where);
  };
  const orders = `OBJECT::[${schema}].[orders]`;
  const drop = async (name: string) => {
    for (const where of [database, "msdb"]) {
      await run(
        `IF EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${literal(name)}) DROP USER [${name}]`,
        where,
      );
    }
    // Somebody who is logged in stays: then this is as far as a person comes.
    await run(
      `IF EXISTS (SELECT 1 FROM sys.server_principals WHERE name = ${literal(name)})
        BEGIN TRY DROP LOGIN [${name}] END TRY BEGIN CATCH IF ERROR_NUMBER() <> 15434 THROW END CATCH`,
      "master",
    );
  };
  const create = async (name: string, password: string, sid?: string) => {
    const chosen = sid === undefined ? "" : `, SID = ${sid}`;
    await run(
      `CREATE LOGIN [${name}] WITH PASSWORD = ${literal(password)}${chosen}, DEFAULT_DATABASE = [${database}], CHECK_POLICY = OFF`,
      "master",
    );
    await run(`CREATE USER [${name}] FOR LOGIN [${name}]`);
  };
  return {
    // A table made of a query has another word here.
    asOwner: (sql) => run(sql.replace(/^CREATE TABLE (\S+) AS (SELECT .*)$/, "$2 INTO $1")),
    async createLogin(name, password) {
      await drop(name);
      await create(name, password);
    },
    dropLogin: drop,
    lock: (name) => run(`ALTER LOGIN [${name}] DISABLE`, "master"),
    join: (name) => run(`ALTER ROLE [${reader}] ADD MEMBER [${name}]`),
    openOrders: (name) => run(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${orders} TO [${name}]`),
    async empower(name) {
      await run(`GRANT VIEW SERVER STATE TO [${name}]`, "master");
      return "VIEW SERVER STATE";
    },
    async createForeign(name, password, label) {
      await create(name, password, label === undefined ? undefined : sidOfText(label));
      if (label === undefined) return;
      await run(`EXEC sys.sp_addextendedproperty @name = N'dblease', @value = ${literal(`${label} 2030-01-01T00:00:00.000Z`)},
        @level0type = N'USER', @level0name = ${literal(name)}`);
    },
    stored: async (name) => [
      await root(`SELECT * FROM sys.server_principals WHERE name = ${literal(name)}`),
      await root(`SELECT * FROM sys.database_principals WHERE name = ${literal(name)}`, database),
      await root("SELECT * FROM sys.database_role_members", database),
      await root("SELECT * FROM sys.extended_properties WHERE class = 4", database),
    ],
    traces: ({ username }) =>
      root(
        `SELECT 'login' AS trace FROM sys.server_principals WHERE name = ${literal(username)}
          UNION ALL SELECT 'session' FROM sys.dm_exec_sessions WHERE ${literal(username)} IN (login_name, original_login_name)
          UNION ALL SELECT 'user' FROM ${theirName(database)}.sys.database_principals WHERE name = ${literal(username)}`,
      ),
    async disturbReader() {
      await run(`REVOKE SELECT ON SCHEMA::[${schema}] FROM [${reader}]; GRANT EXECUTE ON SCHEMA::[${schema}] TO [${reader}];
        GRANT DELETE ON ${orders} TO [${reader}]; GRANT UPDATE ([customer]) ON ${orders} TO [${reader}]`);
    },
    privilegeHistory: () => root("SELECT * FROM sys.database_permissions", database),
    async createNamed(their, table, column) {
      await run(`CREATE SCHEMA ${theirName(their)}`);
      await run(`CREATE TABLE ${theirName(their, table)} (${theirName(column)} int)`);
    },
    async dropSchema(their) {
      const tables = await root(
        `SELECT o.name AS name FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE s.name = ${literal(their)}`,
        database,
      );
      for (const { name } of tables) await run(`DROP TABLE ${theirName(their, String(name))}`);
      await run(`DROP SCHEMA ${theirName(their)}`);
    },
    async createDeputy() {
      await drop("deputy");
      await of.makeMaster("deputy", of.master.password);
    },
  };
}
