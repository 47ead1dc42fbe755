/** The standing roles as they are: which are there, and which of them dblease may call its own. */
import type { MysqlConnection } from "../../connect/mysql.ts";
import type { Dialect } from "./dialect.ts";
import { literal, ownName } from "./quote.ts";
import { dbleaseSchema, managedRole } from "./standing.ts";
import { message } from "./use.ts";

/** MariaDB makes whoever makes a role its member, so that it may give it. */
export const currentAdmin = "SUBSTRING_INDEX(CURRENT_USER(), '@', 1)";

export interface Standing {
  hasSchema: boolean;
  /** Names of the wanted roles, and the managed role, that are there. */
  present: readonly string[];
  /** Those among the wanted roles that are there and marked as ours. */
  marked: readonly string[];
  /** Those that are there and that dblease did not make. */
  foreign: readonly string[];
}

/**
 * A role is ours when it is a member of the managed role. One that is not, but is nothing more than a name (no login,
 * no privileges, no members), is what a prepare leaves that was killed just after CREATE ROLE: it is taken up.
 */
export async function readStanding(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRoles: readonly string[],
): Promise<Standing> {
  const names = [managedRole, ...groupRoles];
  const list = names.map(literal).join(", ");
  const [schemas = [], accounts = [], ours = [], used = []] = await message(connection, [
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ${literal(dbleaseSchema)}`,
    dialect.rolesAmong(list),
    `SELECT user AS name FROM ${dialect.memberships} m WHERE role = ${literal(managedRole)} AND user IN (${list})`,
    `SELECT role AS name FROM ${dialect.memberships} m WHERE role IN (${list}) AND user <> ${currentAdmin}
      UNION SELECT user FROM ${dialect.memberships} m WHERE user IN (${list})
      UNION SELECT User FROM mysql.db WHERE User IN (${list}) UNION SELECT User FROM mysql.tables_priv WHERE User IN (${list})
      UNION SELECT User FROM mysql.procs_priv WHERE User IN (${list})`,
  ]);
  const own = new Set(ours.map((row) => row.name));
  const inUse = new Set(
    [...used, ...accounts.filter((row) => Number(row.powerful) === 1)].map((row) => row.name),
  );
  return {
    hasSchema: schemas.length > 0,
    present: accounts.map((row) => row.name),
    marked: [...own],
    foreign: accounts
      .filter(({ name, bare }) => {
        // Without our schema nothing was ever prepared here: then it is somebody else's role of that name.
        if (name === managedRole) return Number(bare) !== 1 || (schemas.length === 0 && inUse.has(name));
        return !own.has(name) && (Number(bare) !== 1 || inUse.has(name));
      })
      .map((row) => row.name),
  };
}

/** Makes the schema and the roles that are missing, and marks them. Safe to repeat. */
export function standingStatements(groupRoles: readonly string[]): string[] {
  const managed = ownName(managedRole);
  return [
    `CREATE DATABASE IF NOT EXISTS ${ownName(dbleaseSchema)}`,
    `CREATE ROLE IF NOT EXISTS ${managed}`,
    ...groupRoles.flatMap((name) => [
      `CREATE ROLE IF NOT EXISTS ${ownName(name)}`,
      `GRANT ${managed} TO ${ownName(name)}`,
    ]),
  ];
}
