import type { SqlserverConnection } from "../../connect/sqlserver.ts";
import type { KnownUser } from "../engine.ts";
import { ifOurLogin } from "./guard.ts";
import type { Look } from "./look.ts";
import { ours } from "./look.ts";
import { theirName } from "./quote.ts";
import { type Reading, read } from "./reading.ts";

/**
 * No login any more; each statement commits by itself. DISABLE alone does it. DENY CONNECT SQL holds where somebody
 * enables the login again; an admin who may not give that permission on may not deny it either (4613).
 * `name`: what the login is called by now.
 */
export function fenceStatements(user: KnownUser, name = user.username): string[] {
  const login = theirName(name);
  return [
    ifOurLogin(user, name, `ALTER LOGIN ${login} DISABLE`),
    "USE [master]",
    `BEGIN TRY ${ifOurLogin(user, name, `DENY CONNECT SQL TO ${login}`)} END TRY
      BEGIN CATCH IF ERROR_NUMBER() <> 4613 THROW END CATCH`,
  ];
}

/** Fences the login of this grant, if `seen` has it, and says how it is then. One round trip. `databases`: to look into. */
export function fence(
  connection: SqlserverConnection,
  user: KnownUser,
  seen: Look,
  databases = seen.databases,
): Promise<Reading> {
  const login = ours(seen);
  return read(connection, user, databases, login ? fenceStatements(user, login.name) : []);
}
