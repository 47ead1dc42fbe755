import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import { DbleaseError } from "../../errors.ts";
import type { GroupRole } from "../engine.ts";
import { alreadyThere, engineError, repeatOn } from "./errors.ts";
import { missingPermissions, permissionRepair, permissionStatement } from "./look.ts";
import { ownName, theirName } from "./quote.ts";
import { rightStatement } from "./right.ts";
import { drift, makeRole, powerless, standingIn, standingStatements } from "./roles.ts";
import { message, type SqlserverDoor, use } from "./use.ts";
import { tableStatements, tablesIn, wantedRights } from "./wanted-rights.ts";

/**
 * Makes or repairs roles and their permissions in one transaction; a second run changes nothing.
 * Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS, BAD_CONFIGURATION, BAD_NAME and what a login throws.
 */
export async function prepare(door: SqlserverDoor, groupRoles: readonly GroupRole[]): Promise<void> {
  // Refuses a bad name before the server hears of it.
  for (const { name } of groupRoles) ownName(name);
  try {
    await use(door, {}, (connection) =>
      repeatOn(alreadyThere, () => prepareOnce(connection, door.database, groupRoles)),
    );
  } catch (error) {
    throw engineError(error, "standing roles");
  }
}

async function prepareOnce(
  connection: SqlserverConnection,
  database: string,
  groupRoles: readonly GroupRole[],
): Promise<void> {
  const names = groupRoles.map(({ name }) => name);
  const reading = standingStatements(names, database);
  const [[rights] = [], ...answers] = await message(connection, [
    permissionStatement,
    ...reading,
    ...tableStatements(groupRoles, database),
  ]);
  const lacks = missingPermissions(rights);
  if (lacks.length > 0) {
    throw new DbleaseError("ADMIN_LACKS_RIGHTS", `the admin lacks ${lacks.join(", ")}`, {
      next: permissionRepair(lacks, rights?.admin),
    });
  }
  const standing = standingIn(answers.slice(0, reading.length));
  const [foreign] = standing.foreign;
  if (foreign !== undefined) {
    throw new DbleaseError("FOREIGN_USER", `role ${foreign} exists and was not made by dblease`, {
      next: "rename that role, or the role in dblease.yaml",
    });
  }
  const tables = tablesIn(answers.slice(reading.length));
  const missingRoles = [...powerless, ...groupRoles].filter(
    ({ name }) =>
      !standing.present.has(name) || !(standing.marked.has(name) || powerless.some((it) => it.name === name)),
  );
  const changes = [...powerless, ...groupRoles].flatMap((groupRole) => {
    const { missing, surplus } = drift(
      wantedRights(groupRole, tables),
      standing.rights.get(groupRole.name) ?? [],
    );
    return [
      ...surplus.map((right) => rightStatement("REVOKE", right, groupRole.name)),
      ...missing.map((right) => rightStatement("GRANT", right, groupRole.name)),
    ];
  });
  const statements = [...missingRoles.flatMap(({ name }) => makeRole(name)), ...changes];
  if (statements.length === 0) return;
  await message(connection, [
    `USE ${theirName(database)}`,
    "BEGIN TRANSACTION",
    ...statements,
    "COMMIT TRANSACTION",
    "USE [master]",
  ]);
}
