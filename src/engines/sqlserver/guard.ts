/** Statements that end the batch where something must not go on; with XACT_ABORT the transaction around them as well. */
import type { Instant } from "../../grant.ts";
import type { KnownUser } from "../engine.ts";
import { collisions, deadlinePassed, foreignUser, notPrepared } from "./errors.ts";
import { sidOf } from "./mark.ts";
import { instant, literal, ownName, theirName } from "./quote.ts";

function refuse(condition: string, number: number, why: string): string {
  return `IF ${condition} THROW ${number}, ${literal(`dblease: ${why}`)}, 1`;
}

/** Where the server's own clock is past the deadline. */
export function refuseAfter(deadline: Instant): string {
  return refuse(`SYSUTCDATETIME() > ${instant(deadline)}`, deadlinePassed, "too late");
}

/** Where a login of this name, or a user of it in the grant's database, lacks the SID of this grant. */
export function refuseForeign(user: Pick<KnownUser, "username" | "marker">, database: string): string {
  ownName(user.username);
  const name = literal(user.username);
  const other = `name = ${name} AND (sid IS NULL OR sid <> ${sidOf(user.marker)})`;
  return refuse(
    `EXISTS (SELECT 1 FROM sys.server_principals WHERE ${other})
      OR EXISTS (SELECT 1 FROM ${theirName(database)}.sys.database_principals WHERE ${other})`,
    foreignUser,
    "not ours",
  );
}

/** Holds a statement back where there is no login of this name with the SID of this grant. */
export function ifOurLogin({ marker }: Pick<KnownUser, "marker">, name: string, statement: string): string {
  return `IF EXISTS (SELECT 1 FROM sys.server_principals WHERE name = ${literal(name)} AND sid = ${sidOf(marker)}) ${statement}`;
}

/** Lets the batch go on where the server refuses the statement: what it should have taken away is read afterwards. */
export function attempt(statement: string): string {
  return `BEGIN TRY ${statement} END TRY
      BEGIN CATCH IF ERROR_NUMBER() IN (${collisions.join(", ")}) THROW END CATCH`;
}

/** Where a login of this name lacks the SID of this grant. */
export function refuseForeignLogin({ username, marker }: Pick<KnownUser, "username" | "marker">): string {
  ownName(username);
  return refuse(
    `EXISTS (SELECT 1 FROM sys.server_principals WHERE name = ${literal(username)} AND sid <> ${sidOf(marker)})`,
    foreignUser,
    "not ours",
  );
}

/** Where one of the grant's roles is missing in its database. */
export function refuseWithoutRole(role: string, database: string): string {
  ownName(role);
  return refuse(
    `NOT EXISTS (SELECT 1 FROM ${theirName(database)}.sys.database_principals WHERE name = ${literal(role)} AND type = 'R')`,
    notPrepared,
    "no such role",
  );
}
