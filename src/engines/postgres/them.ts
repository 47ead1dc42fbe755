import type { KnownUser } from "../engine.ts";
import { literal, oid } from "./quote.ts";

/**
 * A subquery of the OIDs under which the server knows the user: the one its name has now, and those it is known
 * to have had. A dropped user's open sessions go on under the old OID, and have no name.
 */
export function them(user: Pick<KnownUser, "username">, oids: readonly string[]): string {
  const known = oids.map((known) => ` UNION ALL SELECT ${oid(known)}`).join("");
  return `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname = ${literal(user.username)}${known})`;
}
