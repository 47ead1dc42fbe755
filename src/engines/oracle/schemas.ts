import type { OracleConnection } from "../../connect/oracle.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole } from "../engine.ts";

export interface Schema {
  /** Tables and views that can be opened. */
  tables: readonly string[];
  /** Views that do not compile; nothing on them can be given. */
  invalid: readonly string[];
  /** Columns by table, read where a scope names some. */
  columns: ReadonlyMap<string, readonly string[]>;
}

export type Schemas = ReadonlyMap<string, Schema>;

const readOwner = "SELECT ORACLE_MAINTAINED AS MAINTAINED FROM SYS.DBA_USERS WHERE USERNAME = :schema";

/** Without what stands behind other tables: nested ones, index segments, what is in the recycle bin. */
const readTables = `SELECT TABLE_NAME AS NAME, 'VALID' AS STATUS FROM SYS.DBA_TABLES WHERE OWNER = :schema
  AND NESTED = 'NO' AND SECONDARY = 'N' AND DROPPED = 'NO' AND (IOT_TYPE IS NULL OR IOT_TYPE = 'IOT')
  UNION ALL SELECT OBJECT_NAME, STATUS FROM SYS.DBA_OBJECTS WHERE OWNER = :schema AND OBJECT_TYPE = 'VIEW'`;

const readColumns = "SELECT TABLE_NAME, COLUMN_NAME FROM SYS.DBA_TAB_COLUMNS WHERE OWNER = :schema";

/** What the scopes of these roles name. Throws BAD_CONFIGURATION for a schema that is missing or the server's own. */
export async function readSchemas(
  connection: OracleConnection,
  groupRoles: readonly GroupRole[],
): Promise<Schemas> {
  const scopes = groupRoles.flatMap((groupRole) => groupRole.scopes);
  const withColumns = new Set(scopes.filter((it) => it.columns).flatMap((it) => it.schemas));
  const found = new Map<string, Schema>();
  for (const schema of new Set(scopes.flatMap((it) => it.schemas))) {
    found.set(schema, await readSchema(connection, schema, withColumns.has(schema)));
  }
  return found;
}

async function readSchema(
  connection: OracleConnection,
  schema: string,
  withColumns: boolean,
): Promise<Schema> {
  const rows = async (sql: string) => (await connection.query(sql, { schema })).rows;
  const [owner] = await rows(readOwner);
  if (!owner) {
    throw new DbleaseError("BAD_CONFIGURATION", `there is no schema ${schema} in this database`, {
      next: "write it as DBA_USERS has it, usually in upper case, or take it out of the role in dblease.yaml",
    });
  }
  if (owner.MAINTAINED === "Y") {
    throw new DbleaseError(
      "BAD_CONFIGURATION",
      `a role may not reach into the server's own schema ${schema}`,
      {
        next: "take it out of the role in dblease.yaml",
      },
    );
  }
  const tables = await rows(readTables);
  const columns = withColumns ? await rows(readColumns) : [];
  const ofTables = Map.groupBy(columns, (row) => String(row.TABLE_NAME));
  const names = (valid: boolean) =>
    tables.filter((row) => (row.STATUS === "VALID") === valid).map((row) => row.NAME);
  return {
    tables: names(true),
    invalid: names(false),
    columns: new Map([...ofTables].map(([table, list]) => [table, list.map((row) => row.COLUMN_NAME)])),
  };
}
