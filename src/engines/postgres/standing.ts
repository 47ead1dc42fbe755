/** Makes the NOLOGIN roles that stand: dblease's own and the group roles. Never takes over somebody else's role. */

import { codeOf } from "../../connect/login-errors.ts";
import type { PostgresConnection } from "../../connect/postgres.ts";
import { DbleaseError } from "../../errors.ts";
import { asActor } from "./membership.ts";
import { literal, ownName, theirName } from "./quote.ts";
import { lacksPrivilege } from "./sqlstates.ts";
import { graveyardRole, managedRole, ownerRole } from "./standing-roles.ts";
import { storedMarker } from "./stored-marker.ts";
import { message } from "./use.ts";

/** COMMENT of every standing role; a role without it belongs to somebody else. */
const standingComment = "dblease standing role";

export interface Standing {
  admin: string;
  /** The admin may act as the owner role. */
  adminActs: boolean;
  /** Names of the wanted roles that are there. */
  present: readonly string[];
  /** Those among them that dblease did not make. */
  foreign: readonly string[];
}

export async function readStanding(
  connection: PostgresConnection,
  groupRoles: readonly string[],
): Promise<Standing> {
  const names = [ownerRole, managedRole, graveyardRole, ...groupRoles].map(literal).join(", ");
  const modes = connection.serverVersion >= 16 ? ["USAGE", "SET"] : ["MEMBER"];
  const acts = modes.map((mode) => `pg_catalog.pg_has_role(r.oid, '${mode}')`).join(" AND ");
  const [[who] = [], roles = []] = await message(connection, [
    "SELECT current_user AS admin",
    `SELECT r.rolname, ${storedMarker("r.oid")} AS comment, ${acts} AS acts
      FROM pg_catalog.pg_roles r WHERE r.rolname IN (${names})`,
  ]);
  return {
    admin: who.admin,
    adminActs: roles.some((role) => role.rolname === ownerRole && role.acts),
    present: roles.map((role) => role.rolname),
    foreign: roles.filter((role) => role.comment !== standingComment).map((role) => role.rolname),
  };
}

/** What another admin has to run so that this one may act as the owner role. */
export function joinOwner(admin: string, serverVersion: number): string {
  const options = serverVersion >= 16 ? "ADMIN TRUE, INHERIT TRUE, SET TRUE" : "ADMIN OPTION";
  return `GRANT ${ownName(ownerRole)} TO ${theirName(admin)} WITH ${options}`;
}

/** Throws FOREIGN_USER, ADMIN_LACKS_RIGHTS. To be run inside a transaction. */
export async function makeStanding(
  connection: PostgresConnection,
  groupRoles: readonly string[],
): Promise<void> {
  const standing = await readStanding(connection, groupRoles);
  const [foreign] = standing.foreign;
  if (foreign !== undefined) {
    throw new DbleaseError("FOREIGN_USER", `role ${foreign} exists and was not made by dblease`, {
      next: "rename that role, or the role in dblease.yaml",
    });
  }
  const actor = asActor(connection.serverVersion);
  const owner = ownName(ownerRole);
  const isMissing = (name: string) => !standing.present.includes(name);
  try {
    await message(connection, [
      ...(isMissing(ownerRole) ? create(ownerRole, "CREATEROLE") : []),
      ...(standing.adminActs ? [] : [`GRANT ${owner} TO ${theirName(standing.admin)}${actor}`]),
      `SET LOCAL ROLE ${owner}`,
      ...[managedRole, graveyardRole, ...groupRoles].filter(isMissing).flatMap((name) => create(name, "")),
      ...(isMissing(graveyardRole) ? [`GRANT ${ownName(graveyardRole)} TO ${owner}${actor}`] : []),
      "SET LOCAL ROLE NONE",
    ]);
  } catch (error) {
    if (codeOf(error) !== lacksPrivilege) throw error;
    throw new DbleaseError("ADMIN_LACKS_RIGHTS", `${standing.admin} may not make dblease's roles`, {
      next: isMissing(ownerRole)
        ? `give the admin CREATEROLE: ALTER ROLE ${theirName(standing.admin)} CREATEROLE`
        : `let the admin that prepared it first run: ${joinOwner(standing.admin, connection.serverVersion)}`,
    });
  }
}

function create(name: string, attributes: string): string[] {
  return [
    `CREATE ROLE ${ownName(name)} NOLOGIN ${attributes}`,
    `COMMENT ON ROLE ${ownName(name)} IS ${literal(standingComment)}`,
  ];
}
