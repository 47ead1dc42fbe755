import type { PostgresConnection } from "../../connect/postgres.ts";
import { grantKeyword } from "./fence.ts";
import { oid, ownName } from "./quote.ts";
import { message } from "./use.ts";

/** A privilege that somebody gave to the user itself, or a policy that names it. */
export interface HeldPrivilege {
  what: string;
  statement: string;
}

/** What the user still holds in the connected database and on objects that all databases share. */
export async function held(
  connection: PostgresConnection,
  username: string,
  userOid: string,
): Promise<HeldPrivilege[]> {
  const [rows = []] = await message(connection, [
    `SELECT DISTINCT d.deptype, o.type, o.identity, ${grantKeyword("o.type")} AS keyword
      FROM pg_catalog.pg_shdepend d, pg_catalog.pg_identify_object(d.classid, d.objid, 0) o
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = ${oid(userOid)} AND d.deptype <> 'o'
      AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
      ORDER BY o.type, o.identity`,
  ]);
  return rows.map((row) => ({
    what: `${row.deptype === "r" ? "named in" : "privileges on"} ${row.type} ${row.identity}`,
    statement:
      row.deptype === "a"
        ? `REVOKE ALL ON ${row.keyword} ${row.identity} FROM ${ownName(username)} CASCADE`
        : `DROP OWNED BY ${ownName(username)}`,
  }));
}
