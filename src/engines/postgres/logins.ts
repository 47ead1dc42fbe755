import type { LoginUser } from "../engine.ts";
import { literal, theirName } from "./quote.ts";
import { engineError } from "./sqlstates.ts";
import { iamRole } from "./standing-roles.ts";
import { message, type PostgresDoor, use } from "./use.ts";

/** Attributes and memberships by which somebody may more than the data of a database. */
const powers = {
  SUPERUSER: "r.rolsuper",
  CREATEROLE: "r.rolcreaterole",
  CREATEDB: "r.rolcreatedb",
  REPLICATION: "r.rolreplication",
  BYPASSRLS: "r.rolbypassrls",
} as const;
const powerfulRoles = [
  ...["rds_superuser", "rds_replication", "pg_read_all_data", "pg_write_all_data"],
  ...["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"],
];

/** RDS's own logins (RDS User Guide, "Master user account privileges"). */
const ofRds = ["rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr"];

const list = (names: readonly string[]) => names.map(literal).join(", ");
const attributes = Object.entries(powers).map(
  ([name, column]) => `CASE WHEN ${column} THEN ${literal(name)} END`,
);

const statement = `SELECT r.rolname, r.rolname IN (${list(ofRds)}) AS server, r.rolname = SESSION_USER AS admin,
    pg_catalog.array_remove(ARRAY[${attributes.join(", ")}], NULL) AS attributes,
    ARRAY(SELECT g.rolname::pg_catalog.text FROM pg_catalog.pg_roles g WHERE g.rolname IN (${list([...powerfulRoles, iamRole])})
      AND NOT r.rolsuper AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER') ORDER BY g.rolname) AS groups,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity s WHERE s.usesysid = r.oid)::pg_catalog.int4 AS sessions,
    (SELECT pg_catalog.count(DISTINCT s.client_addr) FROM pg_catalog.pg_stat_activity s
      WHERE s.usesysid = r.oid)::pg_catalog.int4 AS addresses
  FROM pg_catalog.pg_roles r WHERE r.rolcanlogin ORDER BY r.rolname`;

/** PostgreSQL does not tell since when a password is in force. */
export async function logins(door: PostgresDoor): Promise<readonly LoginUser[]> {
  try {
    const [rows = []] = await use(door, {}, (connection) => message(connection, [statement]));
    return rows.map((row): LoginUser => {
      const groups: string[] = row.groups;
      return {
        username: row.rolname,
        name: row.rolname,
        ...(row.server ? { own: "server" } : row.admin ? { own: "admin" } : {}),
        byIam: groups.includes(iamRole),
        powers: [...row.attributes, ...groups.filter((it) => it !== iamRole)],
        sessions: row.sessions,
        addresses: row.addresses,
        bar: `ALTER ROLE ${theirName(row.rolname)} NOLOGIN`,
      };
    });
  } catch (error) {
    throw engineError(error, "users");
  }
}
