import type { MysqlConnection } from "../../connect/mysql.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole } from "../engine.ts";
import type { Dialect } from "./dialect.ts";
import { drift } from "./drift.ts";
import { engineError, overtaken, repeatOn } from "./errors.ts";
import { readStanding, standingStatements } from "./group-roles.ts";
import { ownName } from "./quote.ts";
import { rightStatements } from "./right.ts";
import { managedRole } from "./standing.ts";
import { readTables } from "./tables.ts";
import { type MysqlDoor, message, use } from "./use.ts";

/**
 * Makes or repairs schema, roles and their privileges; a second run changes nothing. Whatever can be refused is refused
 * before the first change, as each of them commits by itself.
 * Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, BAD_CONFIGURATION, BAD_NAME and what a login throws.
 */
export async function prepare(
  dialect: Dialect,
  door: MysqlDoor,
  groupRoles: readonly GroupRole[],
): Promise<void> {
  // Refuses a bad name before the server hears of it.
  for (const { name } of groupRoles) ownName(name);
  try {
    await use(door, {}, (connection) =>
      repeatOn(overtaken, () => prepareOnce(dialect, connection, groupRoles)),
    );
  } catch (error) {
    throw engineError(error, "standing roles");
  }
}

async function prepareOnce(
  dialect: Dialect,
  connection: MysqlConnection,
  groupRoles: readonly GroupRole[],
): Promise<void> {
  const names = groupRoles.map(({ name }) => name);
  const standing = await readStanding(dialect, connection, names);
  const [foreign] = standing.foreign;
  if (foreign !== undefined) {
    throw new DbleaseError("FOREIGN_USER", `role ${foreign} exists and was not made by dblease`, {
      next: "rename that role, or the role in dblease.yaml",
    });
  }
  const tables = await readTables(connection, groupRoles);
  const changes: string[] = [];
  for (const groupRole of withManaged(groupRoles)) {
    const isThere = standing.present.includes(groupRole.name);
    const { missing, surplus } = await drift(dialect, connection, groupRole, tables, isThere);
    changes.push(...rightStatements("REVOKE", surplus, groupRole.name));
    changes.push(...rightStatements("GRANT", missing, groupRole.name));
  }
  const missingRoles = names.filter((name) => !standing.marked.includes(name));
  const needsStanding =
    !standing.hasSchema || !standing.present.includes(managedRole) || missingRoles.length > 0;
  if (needsStanding) await message(connection, standingStatements(missingRoles));
  if (changes.length > 0) await message(connection, changes);
}

/** Whatever the managed role held, all temporary users would have. */
export function withManaged(groupRoles: readonly GroupRole[]): readonly GroupRole[] {
  return [{ name: managedRole, scopes: [] }, ...groupRoles];
}
