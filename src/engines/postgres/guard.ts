import type { Instant } from "../../grant.ts";
import { instant, literal } from "./quote.ts";
import { deadlinePassed, foreignUser, passwordAdmin } from "./sqlstates.ts";
import { iamRole } from "./standing-roles.ts";
import { storedMarker } from "./stored-marker.ts";

/** A DO block: its body is one literal, so nothing inside can end it. */
export function block(body: string): string {
  return `DO ${literal(body)}`;
}

/**
 * Statements that hold a verifier, as one that is no DDL: a server that logs DDL (log_statement = ddl or mod) would
 * write the verifier down.
 */
export function unlogged(statements: readonly string[]): string {
  return block(`BEGIN\n${statements.map((it) => `  ${it};\n`).join("")}END`);
}

/** Fails the transaction where the server's own clock is past the deadline; put last, after all waiting for locks. */
export function refuseAfter(deadline: Instant): string {
  return block(`BEGIN
  IF pg_catalog.clock_timestamp() > ${instant(deadline)}::pg_catalog.timestamptz THEN
    RAISE EXCEPTION 'deadline passed' USING ERRCODE = '${deadlinePassed}';
  END IF;
END`);
}

/** Fails the transaction where the admin is no IAM user itself: a user by IAM would lock its password out (dangers 1). */
export const refusePasswordAdmin = block(`BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid
      WHERE r.rolname = ${literal(iamRole)} AND pg_catalog.pg_get_userbyid(m.member) = session_user) THEN
    RAISE EXCEPTION 'admin by password' USING ERRCODE = '${passwordAdmin}';
  END IF;
END`);

/** Fails the transaction where a user of this name exists without exactly this marker. */
export function refuseForeign(username: string, marker: string): string {
  return block(`BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(username)}
      AND ${storedMarker("oid")} IS DISTINCT FROM ${literal(marker)}) THEN
    RAISE EXCEPTION 'foreign user' USING ERRCODE = '${foreignUser}';
  END IF;
END`);
}
