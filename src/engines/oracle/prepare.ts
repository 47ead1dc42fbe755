import type { OracleConnection } from "../../connect/oracle.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole } from "../engine.ts";
import { drift } from "./drift.ts";
import { engineError, repeatOvertaken } from "./errors.ts";
import { ownName } from "./quote.ts";
import { readSchemas } from "./schemas.ts";
import { readStanding, standingStatements, withManaged } from "./standing.ts";
import { type OracleDoor, use } from "./use.ts";

/**
 * Makes or repairs the standing roles and their privileges; a second run changes nothing. Whatever can be refused is
 * refused before the first change, as each of them commits by itself. A role opens the tables that are there: Oracle gives
 * nothing on tables to come, so that a new one is open after the next prepare.
 * Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, BAD_CONFIGURATION, BAD_NAME and what a login throws.
 */
export async function prepare(door: OracleDoor, groupRoles: readonly GroupRole[]): Promise<void> {
  // Refuses a bad name before the server hears of it.
  for (const { name } of groupRoles) ownName(name);
  try {
    await use(door, {}, (connection) => repeatOvertaken(() => prepareOnce(connection, groupRoles)));
  } catch (error) {
    throw engineError(error, "standing roles");
  }
}

async function prepareOnce(connection: OracleConnection, groupRoles: readonly GroupRole[]): Promise<void> {
  const schemas = await readSchemas(connection, groupRoles);
  const statements: string[] = [];
  for (const groupRole of withManaged(groupRoles)) {
    const standing = await readStanding(connection, groupRole.name);
    if (standing.state === "foreign") throw foreignRole(groupRole.name);
    const isThere = standing.state !== "missing";
    const { statements: changes } = await drift(connection, groupRole, schemas, isThere);
    statements.push(...standingStatements(standing), ...changes);
  }
  for (const statement of statements) await connection.query(statement);
}

function foreignRole(name: string): DbleaseError {
  return new DbleaseError("FOREIGN_USER", `role ${name} exists and was not made by dblease`, {
    next: "rename that role, or the role in dblease.yaml",
  });
}
