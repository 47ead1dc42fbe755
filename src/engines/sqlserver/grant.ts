import { DbleaseError } from "../../errors.ts";
import type { Instant } from "../../grant.ts";
import { checkVerifier } from "../../verifiers/check-verifier.ts";
import type { KnownUser, NewUser } from "../engine.ts";
import { engineError, repeatOn } from "./errors.ts";
import { refuseAfter, refuseForeign, refuseWithoutRole } from "./guard.ts";
import { idOf } from "./look.ts";
import { noteOf, property, sidOf } from "./mark.ts";
import { instant, literal, ownName, theirName } from "./quote.ts";
import { message, type SqlserverDoor, use } from "./use.ts";

/** Makes login and user in one transaction; what is already there is brought to the same state, if it is ours. */
export async function grant(door: SqlserverDoor, user: NewUser): Promise<{ userOid: string }> {
  checkVerifier("sqlserver", verifierOf(user));
  // Composed before the login: what is refused here never reaches the server.
  const statements = grantStatements(user, door.database);
  try {
    return await use(door, {}, async (connection) => {
      const [[made] = []] = await repeatOn([], () => message(connection, statements));
      return { userOid: idOf(made?.created) };
    });
  } catch (error) {
    throw engineError(error, user.username);
  }
}

function verifierOf({ verifier }: NewUser): string {
  if (verifier !== undefined) return verifier;
  throw new DbleaseError("BAD_CONFIGURATION", "SQL Server has no logins by IAM", {
    next: "take model: iam out of dblease.yaml for this database",
  });
}

/**
 * Logins and users are made inside a transaction here, so a killed grant has made nothing. A repetition never opens a
 * login that was fenced. The hash is taken with CHECK_POLICY = OFF only ("CREATE LOGIN", "ALTER LOGIN"); the password it
 * stands for was made by us and is stronger than any policy.
 */
export function grantStatements(user: NewUser, database: string): string[] {
  const { username, marker, groupRole, connectionLimit: limit } = user;
  // The server knows no limit of sessions for a login; one that is none is a mistake all the same.
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError("a connection limit is at least 1");
  const login = ownName(username);
  const home = theirName(database);
  const hash = `PASSWORD = ${verifierOf(user)} HASHED`;
  const name = literal(username);
  return [
    "BEGIN TRANSACTION",
    refuseAfter(user.deadline),
    refuseForeign(user, database),
    refuseWithoutRole(groupRole, database),
    `IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = ${name})
      CREATE LOGIN ${login} WITH ${hash}, SID = ${sidOf(marker)}, DEFAULT_DATABASE = ${home}, CHECK_EXPIRATION = OFF, CHECK_POLICY = OFF
      ELSE ALTER LOGIN ${login} WITH ${hash}`,
    `IF SYSUTCDATETIME() >= ${instant(user.expiresAt)} ALTER LOGIN ${login} DISABLE`,
    `USE ${home}`,
    `IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = ${name}) CREATE USER ${login} FOR LOGIN ${login}`,
    ...writeNote(user, user.expiresAt),
    `ALTER ROLE ${ownName(groupRole)} ADD MEMBER ${login}`,
    refuseAfter(user.deadline),
    "COMMIT TRANSACTION",
    `SELECT create_date AS created FROM sys.server_principals WHERE name = ${name}`,
    "USE [master]",
  ];
}

/** In the user's database. */
export function writeNote({ username, marker }: KnownUser, expiresAt: Instant): string[] {
  const at = `@level0type = N'USER', @level0name = ${literal(username)}`;
  const value = `@name = ${literal(property)}, @value = ${literal(noteOf(marker, expiresAt))}, ${at}`;
  return [
    `IF EXISTS (SELECT 1 FROM sys.extended_properties e JOIN sys.database_principals p ON p.principal_id = e.major_id
      WHERE e.class = 4 AND e.name = ${literal(property)} AND p.name = ${literal(username)})
      EXEC sys.sp_updateextendedproperty ${value}
      ELSE EXEC sys.sp_addextendedproperty ${value}`,
  ];
}
