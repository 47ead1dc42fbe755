import type { ListedUser } from "../engine.ts";
import { literal } from "./quote.ts";
import { engineError } from "./sqlstates.ts";
import { iamRole, managedRole, standingRoles } from "./standing-roles.ts";
import { storedMarker } from "./stored-marker.ts";
import { message, type PostgresDoor, use } from "./use.ts";

const attributeOf = {
  SUPERUSER: "r.rolsuper",
  CREATEROLE: "r.rolcreaterole",
  CREATEDB: "r.rolcreatedb",
  REPLICATION: "r.rolreplication",
  BYPASSRLS: "r.rolbypassrls",
} as const;

const attributes = Object.entries(attributeOf)
  .map(([name, column]) => `CASE WHEN ${column} THEN ${literal(name)} END`)
  .join(", ");

/** Whoever has our kind of name, our kind of marker, or is a member of one of these roles: each is a hint, none a proof. */
const listStatement = (
  groupRoles: readonly string[],
) => `SELECT r.oid, r.rolname, r.rolcanlogin, ${storedMarker("r.oid")} AS marker,
    pg_catalog.to_char(CASE WHEN pg_catalog.isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END AT TIME ZONE 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until,
    ARRAY(SELECT g.rolname::pg_catalog.text FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
      WHERE m.member = r.oid GROUP BY g.rolname ORDER BY g.rolname) AS groups,
    pg_catalog.array_remove(ARRAY[${attributes}], NULL) AS attributes
  FROM pg_catalog.pg_roles r
  WHERE r.rolname NOT IN (${standingRoles.map(literal).join(", ")})
    AND (r.rolname ~ '^jit_[0-9a-hjkmnp-tv-z]{12}$' OR ${storedMarker("r.oid")} LIKE 'dblease:%'
      OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid AND g.rolname IN (${[managedRole, ...groupRoles].map(literal).join(", ")})))
  ORDER BY r.rolname`;

export async function list(
  door: PostgresDoor,
  groupRoles: readonly string[],
): Promise<readonly ListedUser[]> {
  try {
    const [rows = []] = await use(door, {}, (connection) => message(connection, [listStatement(groupRoles)]));
    return rows.map((row) => ({
      username: row.rolname,
      userOid: String(row.oid),
      ...(row.marker === null ? {} : { marker: row.marker }),
      canLogin: row.rolcanlogin,
      ...(row.groups.includes(iamRole) ? { byIam: true as const } : {}),
      ...(row.until === null ? {} : { validUntil: row.until }),
      memberOf: row.groups,
      attributes: row.attributes,
    }));
  } catch (error) {
    throw engineError(error, "users");
  }
}
