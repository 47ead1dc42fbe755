import type { MysqlConnection } from "../../connect/mysql.ts";
import type { Dialect } from "./dialect.ts";
import { literal, ownName, theirName } from "./quote.ts";
import type { Right } from "./right.ts";
import { managedRole } from "./standing.ts";
import { message, type Row } from "./use.ts";

/** What a group role that is there holds: everywhere, on schemas, tables, columns and routines, and by other roles. */
export async function presentRights(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRole: string,
): Promise<Right[]> {
  const grantee = literal(dialect.roleGrantee(groupRole));
  const privileges = (view: string, columns: string) =>
    `SELECT PRIVILEGE_TYPE AS privilege, IS_GRANTABLE AS grantable${columns} FROM information_schema.${view}
      WHERE GRANTEE = ${grantee} AND PRIVILEGE_TYPE <> 'USAGE'`;
  const [shown = [], schemas = [], tables = [], columns = [], routines = [], roles = []] = await message(
    connection,
    [
      `SHOW GRANTS FOR ${ownName(groupRole)}`,
      privileges("SCHEMA_PRIVILEGES", ", TABLE_SCHEMA AS db"),
      privileges("TABLE_PRIVILEGES", ", TABLE_SCHEMA AS db, TABLE_NAME AS name"),
      privileges("COLUMN_PRIVILEGES", ", TABLE_SCHEMA AS db, TABLE_NAME AS name, COLUMN_NAME AS col"),
      `SELECT Routine_type AS kind, Db AS db, Routine_name AS name, Proc_priv AS privileges FROM mysql.procs_priv
      WHERE User = ${literal(groupRole)}`,
      `SELECT role FROM ${dialect.memberships} m WHERE user = ${literal(groupRole)} AND role <> ${literal(managedRole)}`,
    ],
  );
  const routineRights = routines.flatMap((row) =>
    String(row.privileges)
      .split(",")
      .map((privilege) => right(row.kind, row, privilege.toUpperCase().replace(/^GRANT$/, "GRANT OPTION"))),
  );
  return [
    ...shown.flatMap((row) => globalRights(String(Object.values(row)[0]))),
    ...schemas.flatMap((row) => withOption("SCHEMA", row)),
    ...tables.flatMap((row) => withOption("TABLE", row)),
    ...columns.map((row) => right("TABLE", row, `${row.privilege} (${theirName(row.col)})`)),
    ...routineRights,
    ...roles.map((row) => right("ROLE", row, theirName(row.role))),
  ];
}

/** MariaDB lists what a role holds on everything nowhere else than in the text of its GRANT. */
function globalRights(grant: string): Right[] {
  const [, privileges = "USAGE", option] =
    /^GRANT (.+) ON \*\.\* TO .*?( WITH GRANT OPTION)?$/.exec(grant) ?? [];
  return [...privileges.split(", "), ...(option ? ["GRANT OPTION"] : [])]
    .filter((privilege) => privilege !== "USAGE")
    .map((privilege) => ({ kind: "GLOBAL", privilege }));
}

function right(kind: Right["kind"], row: Row, privilege: string): Right {
  return { kind, privilege, schema: row.db, name: row.name };
}

/** Each privilege that may be passed on says so; it is one GRANT OPTION, which callers take for one right. */
function withOption(kind: Right["kind"], row: Row): Right[] {
  const itself = right(kind, row, row.privilege);
  return row.grantable === "YES" ? [itself, right(kind, row, "GRANT OPTION")] : [itself];
}
