import { tag } from "../../connect/tag.ts";
import type { KnownUser } from "../engine.ts";
import { literal } from "./quote.ts";
import { ownerRole } from "./standing-roles.ts";

/**
 * Admin connections that work for this grant right now, other than revokes, as a FROM clause. Only members of the
 * owner role count: anybody may call their connection what they like, and must not hold up a revoke by it.
 */
export function otherAdmins(user: KnownUser): string {
  return `FROM pg_catalog.pg_stat_activity a
    JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper
    JOIN pg_catalog.pg_roles o ON o.rolname = ${literal(ownerRole)}
      AND pg_catalog.pg_has_role(a.usesysid, o.oid, 'MEMBER')
    WHERE a.application_name = ${literal(tag(user.marker.grantId))} AND a.pid <> pg_catalog.pg_backend_pid()`;
}

/** A grant that hangs must not come alive after its clean-up (dangers 5). */
export function endOtherAdmins(user: KnownUser): string {
  return `SELECT pg_catalog.count(pg_catalog.pg_terminate_backend(a.pid)) ${otherAdmins(user)}`;
}
