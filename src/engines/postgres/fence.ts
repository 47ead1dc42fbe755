/**
 * The beginning of a revoke: no memberships, no privileges, no login, all committed. NOLOGIN alone would not do: a
 * function of the user with SECURITY DEFINER would go on reading for everybody else (dangers 11).
 */

import type { PostgresConnection } from "../../connect/postgres.ts";
import { eachOnce, type OpenSession } from "../../receipt.ts";
import type { KnownUser } from "../engine.ts";
import { markerText } from "../marker-text.ts";
import { endOtherAdmins } from "./admins.ts";
import { endSessions } from "./end-sessions.ts";
import { block } from "./guard.ts";
import { literal, ownName } from "./quote.ts";
import { endAndTell, sessionsIn } from "./session-columns.ts";
import { foreignUser, lockNotAvailable, missingObject, repeatOnCollision } from "./sqlstates.ts";
import { ownerRole } from "./standing-roles.ts";
import { storedMarker } from "./stored-marker.ts";
import { them } from "./them.ts";
import { message } from "./use.ts";

/**
 * One message: ends the admin connections that still work for this grant (dangers 5), ends the user's sessions,
 * fences the user where it exists, ends its sessions again. Three results count: which sessions the first and
 * the second time, and between them all OIDs of the user.
 *
 * Sessions end first, because one that has altered its own role in an open transaction holds that row, and the
 * fence would wait for it for ever; whoever waits when it dies is next. Privileges go in a transaction of their
 * own, so that a lock somebody else holds on one of them cannot keep the door open.
 */
export function fenceStatements(user: KnownUser, serverVersion: number): string[] {
  const oids = user.userOid === undefined ? [] : [user.userOid];
  return [
    endOtherAdmins(user),
    endMarkedSessions(user),
    "BEGIN",
    stripBlock(user, serverVersion),
    "COMMIT",
    "BEGIN",
    barBlock(user),
    "COMMIT",
    `SELECT oid FROM ${them(user, oids)} known`,
    endSessions(user, oids),
  ];
}

/** Where the sessions' results stand in the message. */
const firstEnd = 1;

/** OIDs: the user's own first; none: there is no such user, and none was known. */
export async function fence(
  connection: PostgresConnection,
  user: KnownUser,
): Promise<{ oids: readonly string[]; ended: readonly OpenSession[] }> {
  // Another revoke may drop the user between our look and our ALTER: then it is gone, which the repetition sees.
  // A lock that was not given up in time is asked for again, after everybody who may hold it was thrown out again.
  const results = await repeatOnCollision(
    connection,
    () => message(connection, fenceStatements(user, connection.serverVersion)),
    [missingObject, lockNotAvailable],
  );
  const [known = [], toldAgain = []] = results.slice(-2);
  return {
    oids: [...new Set(known.map((row) => String(row.oid)))],
    ended: eachOnce(sessionsIn(results[firstEnd] ?? []), sessionsIn(toldAgain)),
  };
}

/** Before anything is known to be ours, only sessions of a user with this grant's marker are touched. */
function endMarkedSessions(user: KnownUser): string {
  return `SELECT ${endAndTell} FROM pg_catalog.pg_stat_activity
    WHERE usesysid IN (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)}
      AND ${storedMarker("oid")} = ${literal(markerText(user.marker))})`;
}

/** Opening of a block about the user as `fenced`; it ends at once where there is none, and fails where it is not ours. */
function aboutOurs(user: KnownUser): string {
  // One query: another revoke may drop the user between two.
  return `SELECT oid, ${storedMarker("oid")} INTO fenced, marker
    FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)};
  IF fenced IS NULL THEN RETURN; END IF;
  IF marker IS DISTINCT FROM ${literal(markerText(user.marker))} THEN
    RAISE EXCEPTION 'foreign user' USING ERRCODE = '${foreignUser}';
  END IF;`;
}

const found = `fenced pg_catalog.oid;
  marker pg_catalog.text;`;

function barBlock(user: KnownUser): string {
  return block(`DECLARE
  ${found}
BEGIN
  ${aboutOurs(user)}
  SET LOCAL lock_timeout = '2s';
  SET LOCAL ROLE ${ownName(ownerRole)};
  ALTER ROLE ${ownName(user.username)} NOLOGIN PASSWORD NULL CONNECTION LIMIT 0;
END`);
}

function stripBlock(user: KnownUser, serverVersion: number): string {
  const name = ownName(user.username);
  // Before 16 a membership has one grantor of record, whom only a superuser may name.
  const grantedBy = serverVersion >= 16 ? " || ' GRANTED BY ' || pg_catalog.quote_ident(row.grantor)" : "";
  return block(`DECLARE
  ${found}
  row pg_catalog.record;
BEGIN
  ${aboutOurs(user)}
  SET LOCAL lock_timeout = '1s';
  FOR row IN SELECT pg_catalog.pg_get_userbyid(roleid) AS role, pg_catalog.pg_get_userbyid(grantor) AS grantor
      FROM pg_catalog.pg_auth_members WHERE member = fenced LOOP
    BEGIN
      EXECUTE 'REVOKE ' || pg_catalog.quote_ident(row.role) || ' FROM ${name}'${grantedBy} || ' CASCADE';
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END;
  END LOOP;
  FOR row IN SELECT DISTINCT o.type, o.identity FROM pg_catalog.pg_shdepend d,
      pg_catalog.pg_identify_object(d.classid, d.objid, 0) o
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = fenced AND d.deptype = 'a'
      AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) LOOP
    BEGIN
      EXECUTE 'REVOKE ALL ON ' || ${grantKeyword("row.type")} || ' ' || row.identity || ' FROM ${name} CASCADE';
    EXCEPTION
      -- A kind without ACL syntax, or somebody else's grant: it stays and the read-back lists it.
      WHEN insufficient_privilege OR syntax_error OR undefined_object THEN NULL;
      -- Somebody works on it: what is left goes with the drop; to wait here would keep the door open.
      WHEN lock_not_available THEN EXIT;
    END;
  END LOOP;
END`);
}

/** pg_identify_object's word for a kind of object, as GRANT and REVOKE want it. */
export function grantKeyword(type: string): string {
  return `CASE ${type} WHEN 'server' THEN 'FOREIGN SERVER' WHEN 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER'
    WHEN 'view' THEN 'TABLE' WHEN 'materialized view' THEN 'TABLE' WHEN 'foreign table' THEN 'TABLE'
    WHEN 'aggregate' THEN 'FUNCTION' ELSE pg_catalog.upper(${type}) END`;
}
