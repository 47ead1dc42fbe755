/** What one server process says of a user, in one message that changes nothing. */
import type { PostgresConnection } from "../../connect/postgres.ts";
import type { KnownUser } from "../engine.ts";
import { otherAdmins } from "./admins.ts";
import { storedMarker } from "./stored-marker.ts";
import { them } from "./them.ts";
import { message } from "./use.ts";

/** Something in the catalogue that names the user (pg_shdepend). */
export interface Dependency {
  /** Absent: shared by all databases. */
  database?: string;
  /** The user owns it; otherwise it is a privilege or a policy. */
  owned: boolean;
}

export interface Reading {
  userOid?: string;
  marker?: string;
  canLogin: boolean;
  /** Backends between the check of who they are and their entry in pg_stat_activity; whose, nobody can see. */
  starting: readonly number[];
  pids: readonly number[];
  /** Admin connections that still work for this grant, other than revokes. */
  admins: number;
  memberships: readonly string[];
  dependencies: readonly Dependency[];
  prepared: readonly { gid: string; database: string }[];
}

/** `oids`: every OID this user is known to have had. */
export async function read(
  connection: PostgresConnection,
  user: KnownUser,
  oids: readonly string[],
): Promise<Reading> {
  const results = await message(connection, readingStatements(user, oids));
  const [
    users = [],
    starting = [],
    sessions = [],
    admins = [],
    memberships = [],
    dependencies = [],
    prepared = [],
  ] = results;
  return {
    ...(users[0] ? { userOid: String(users[0].oid), marker: users[0].marker } : {}),
    canLogin: users.some((row) => row.rolcanlogin),
    starting: starting.map((row) => row.pid),
    pids: sessions.map((row) => row.pid),
    admins: Number(admins[0]?.count),
    memberships: memberships.map((row) => row.role),
    dependencies: dependencies.map((row) => ({
      ...(row.datname === null ? {} : { database: row.datname }),
      owned: row.owned,
    })),
    prepared: prepared.map((row) => ({ gid: row.gid, database: row.datname })),
  };
}

function readingStatements(user: KnownUser, oids: readonly string[]): string[] {
  const all = them(user, oids);
  return [
    `SELECT oid, rolcanlogin, ${storedMarker("oid")} AS marker FROM pg_catalog.pg_roles WHERE oid IN ${all}`,
    // A login holds this lock from just after the check of its role until just after it has become visible; asked
    // before the sessions, so that whoever finishes in between is seen there.
    `SELECT DISTINCT l.pid FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'object' AND l.classid = 'pg_catalog.pg_database'::pg_catalog.regclass
      AND l.pid IS NOT NULL AND a.usesysid IS NULL`,
    `SELECT pid FROM pg_catalog.pg_stat_activity WHERE usesysid IN ${all}`,
    `SELECT pg_catalog.count(*) ${otherAdmins(user)}`,
    `SELECT DISTINCT pg_catalog.pg_get_userbyid(roleid) AS role FROM pg_catalog.pg_auth_members WHERE member IN ${all}`,
    `SELECT db.datname, d.deptype = 'o' AND d.classid <> 'pg_catalog.pg_default_acl'::pg_catalog.regclass AS owned
      FROM pg_catalog.pg_shdepend d LEFT JOIN pg_catalog.pg_database db ON db.oid = d.dbid
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid IN ${all}`,
    `SELECT p.gid, db.datname FROM pg_catalog.pg_prepared_xact() p JOIN pg_catalog.pg_database db ON db.oid = p.dbid
      WHERE p.ownerid IN ${all}`,
  ];
}
