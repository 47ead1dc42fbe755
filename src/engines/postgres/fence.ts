/**
 * The first commit of a revoke: no login, no memberships, no privileges. NOLOGIN alone would not do: a function
 * of the user with SECURITY DEFINER would go on reading for everybody else (dangers 11).
 */

import type { PostgresConnection } from "../../connect/postgres.ts";
import type { KnownUser } from "../engine.ts";
import { endOtherAdmins } from "./admins.ts";
import { endSessions } from "./end-sessions.ts";
import { block } from "./guard.ts";
import { markerText, storedMarker } from "./marker.ts";
import { literal, ownName } from "./quote.ts";
import { foreignUser, missingObject, repeatOnCollision } from "./sqlstates.ts";
import { ownerRole } from "./standing-roles.ts";
import { them } from "./them.ts";
import { message } from "./use.ts";

/**
 * One message: ends the admin connections that still work for this grant (dangers 5), fences the user where it
 * exists, commits, ends its sessions. Two last results: all OIDs of the user, how many sessions were told to end.
 */
export function fenceStatements(user: KnownUser, serverVersion: number): string[] {
  const oids = user.userOid === undefined ? [] : [user.userOid];
  return [
    endOtherAdmins(user),
    "BEGIN",
    fenceBlock(user, serverVersion),
    "COMMIT",
    `SELECT oid FROM ${them(user, oids)} known`,
    endSessions(user, oids),
  ];
}

/** OIDs: the user's own first; none: there is no such user, and none was known. */
export async function fence(
  connection: PostgresConnection,
  user: KnownUser,
): Promise<{ oids: readonly string[]; ended: number }> {
  // Another revoke may drop the user between our look and our ALTER: then it is gone, which the repetition sees.
  const results = await repeatOnCollision(
    connection,
    () => message(connection, fenceStatements(user, connection.serverVersion)),
    [missingObject],
  );
  const [found = [], told = []] = results.slice(-2);
  return { oids: [...new Set(found.map((row) => String(row.oid)))], ended: Number(told[0]?.ended) };
}

function fenceBlock(user: KnownUser, serverVersion: number): string {
  const name = ownName(user.username);
  // Before 16 a membership has one grantor of record, whom only a superuser may name.
  const grantedBy = serverVersion >= 16 ? " || ' GRANTED BY ' || pg_catalog.quote_ident(row.grantor)" : "";
  return block(`DECLARE
  fenced CONSTANT pg_catalog.oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)});
  row pg_catalog.record;
BEGIN
  IF fenced IS NULL THEN RETURN; END IF;
  IF ${storedMarker("fenced")} IS DISTINCT FROM ${literal(markerText(user.marker))} THEN
    RAISE EXCEPTION 'foreign user' USING ERRCODE = '${foreignUser}';
  END IF;
  SET LOCAL ROLE ${ownName(ownerRole)};
  ALTER ROLE ${name} NOLOGIN PASSWORD NULL CONNECTION LIMIT 0;
  SET LOCAL ROLE NONE;
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
    -- A kind without ACL syntax, or somebody else's grant: it stays and the read-back lists it.
    EXCEPTION WHEN insufficient_privilege OR syntax_error OR undefined_object THEN NULL;
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
